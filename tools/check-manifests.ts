import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeManifests, judgeScripts } from './lib/manifest-rules.ts'
import { report } from './lib/report.ts'
import { listPackages, type Manifest, root } from './lib/workspace.ts'

const packages = listPackages()
const top = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

report({
  check: 'manifests',
  findings: [...judgeManifests(packages), ...judgeScripts(top)],
  remedy: 'One engines policy, one version, and a preflight before each script: tools/lib/manifest-rules.ts.',
  facts: [`${packages.length} packages`],
})
