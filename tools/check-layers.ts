import { findCycles, readEdges } from './lib/import-graph.ts'
import { isUndeclared, judgeEdge } from './lib/judge-edge.ts'
import { report } from './lib/report.ts'
import { isTest, listPackages, listTypeScript } from './lib/workspace.ts'

// Imports go down only. The rules are data in lib/layer-rules.ts.
const edges = readEdges(listTypeScript())
const findings: string[] = []

for (const edge of edges) {
  const problem = judgeEdge(edge)
  if (problem !== undefined) findings.push(`${edge.at} ${problem}`)
}
for (const { short, folder, manifest } of listPackages().filter(({ manifest }) => manifest.private !== true)) {
  for (const edge of edges) {
    if (!edge.from.startsWith(`${folder}/`) || !isUndeclared(edge, manifest)) continue
    findings.push(`${edge.at} imports ${edge.specifier}, which packages/${short}/package.json does not declare`)
  }
}
for (const cycle of findCycles(edges.filter(({ from }) => !isTest(from)))) {
  findings.push(`${cycle[0]} is in an import cycle: ${[...cycle, cycle[0]].join(' → ')}`)
}

report({
  check: 'layers',
  findings,
  remedy:
    'Move the shared part down a floor, or pass it in as an argument; the floors are in tools/lib/layer-rules.ts.',
  facts: [`${edges.length} imports`],
})
