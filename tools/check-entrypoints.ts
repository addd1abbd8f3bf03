import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Bundle, bundleEntry, findCarriers } from './lib/bundle-entry.ts'
import { forbiddenModules, forbiddenText, maxGzipBytes } from './lib/entrypoint-rules.ts'
import { report } from './lib/report.ts'
import { listPackages, root } from './lib/workspace.ts'

// What an application gets when it imports an entry of the SDK: how much it weighs and what it drags along.
const findings: string[] = []
const facts: string[] = []

const judgeReach = (entry: string, bundle: Bundle): readonly string[] => [
  ...bundle.builtins.map((builtin) => `${entry} imports a module of Node: ${builtin}`),
  ...forbiddenModules.flatMap(([pattern, why]) =>
    bundle.modules.filter(([path]) => pattern.test(path)).map(([path]) => `${entry} reaches ${path}: ${why}`),
  ),
  ...forbiddenText.flatMap(([pattern, why]) => {
    const match = pattern.exec(bundle.text)
    if (match === null) return []
    const carriers = findCarriers(bundle, pattern)
    return [`${entry} contains \`${match[0]}\` (from ${carriers.join(', ') || 'an unknown module'}): ${why}`]
  }),
]

const judgeSize = (entry: string, subpath: string, { gzipBytes, modules }: Bundle): readonly string[] => {
  const most = maxGzipBytes[subpath]
  if (most === undefined || gzipBytes <= most) return []
  const heaviest = modules.slice(0, 5).map(([path, bytes]) => `${path} ${bytes} B`)
  return [`${entry} is ${gzipBytes} B gzipped, more than ${most}; heaviest: ${heaviest.join(', ')}`]
}

const sdk = listPackages().find(({ short }) => short === 'sdk')
for (const [subpath, target] of Object.entries(sdk?.manifest.exports ?? {})) {
  if (typeof target !== 'object' || target === null || !('vendo-source' in target)) continue
  const entry = `@vendo/sdk${subpath.slice(1)}`
  const source = String(target['vendo-source'])
  if (!existsSync(join(root, 'packages/sdk', source))) {
    findings.push(`packages/sdk/package.json names ${source} for ${entry}, which does not exist`)
    continue
  }
  try {
    const bundle = await bundleEntry('packages/sdk', source)
    facts.push(
      `${entry}: ${bundle.text.length} B minified, ${bundle.gzipBytes} B gzipped, ${bundle.modules.length} modules`,
    )
    findings.push(...judgeReach(entry, bundle), ...judgeSize(entry, subpath, bundle))
  } catch (cause) {
    findings.push(`${entry} does not bundle for a browser: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

report({
  check: 'entrypoints',
  findings,
  remedy: 'Find the import that grew, and import a narrower module; the rules are in tools/lib/entrypoint-rules.ts.',
  facts,
})
