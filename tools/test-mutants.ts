import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Verdict } from './lib/mutants/judge-mutant.ts'
import { judgeMutants } from './lib/mutants/judge-mutants.ts'
import { loadTopics } from './lib/mutants/load-topics.ts'
import { root } from './lib/workspace.ts'

// `npm run test:mutants`: each deliberate fault under tools/mutants must fail the test it names. `-- --only proxy,wire` tries some.
const { values } = parseArgs({ options: { only: { type: 'string' } } })
const topics = await loadTopics(join(root, 'tools/mutants'))
const only = values.only?.split(',').map((name) => name.trim())
const unknown = only?.filter((wanted) => !topics.some(({ name }) => name === wanted)) ?? []
if (unknown.length > 0 || topics.length === 0) {
  const known = topics.map(({ name }) => name).join(', ') || 'none'
  console.error(`test:mutants: there is no topic ${unknown.join(', ') || 'at all'}; the topics are: ${known}`)
  process.exit(2)
}
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const chosen = topics.filter(({ name }) => only?.includes(name) ?? true)
const topicOf = new Map(chosen.flatMap(({ name, mutants }) => mutants.map((mutant) => [mutant, name] as const)))
const width = Math.max(...chosen.map(({ name }) => name.length))

const print = ({ mutant, problem, noticedBy }: Verdict): void => {
  const topic = (topicOf.get(mutant) ?? '').padEnd(width)
  if (problem === undefined) console.log(`✓ ${topic}  ${mutant.rule}  (${noticedBy})`)
  else console.log(`✗ ${topic}  ${mutant.rule}\n    ${problem}\n    the fault: ${mutant.file}: ${mutant.replace}`)
}

const startedAt = performance.now()
const verdicts = await judgeMutants({ root, mutants: [...topicOf.keys()], onVerdict: print })
const failed = verdicts.filter(({ problem }) => problem !== undefined).length
console.log(`test:mutants: ${verdicts.length} faults in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
console.log(`${verdicts.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
