import type { Manifest, WorkspacePackage } from './workspace.ts'

/**
 * The one engines policy. What an app imports or starts from its own Node runs from 20.12 on; what runs a broker needs
 * `node:sqlite` and types that are stripped, so 22.18. Scripts of this repository run on the Node 24 that it brings.
 */
export const engines = { app: '>=20.12', broker: '>=22.18' } as const

/** What an app may have as a dependency; everything else runs a broker. */
const forApps: ReadonlySet<string> = new Set(['contract', 'integrations', 'sdk', 'cli'])

/** What is wrong with the manifests of the packages, a line each. */
export const judgeManifests = (packages: readonly WorkspacePackage[]): readonly string[] => {
  const [first] = packages
  return packages.flatMap(({ short, folder, manifest }) => {
    const wanted = forApps.has(short) ? engines.app : engines.broker
    return [
      ...(manifest.engines?.node === wanted ? [] : [`${folder}/package.json: engines.node is not ${wanted}`]),
      ...(manifest.version === first?.manifest.version
        ? []
        : [`${folder}/package.json: version ${manifest.version} differs from ${first?.manifest.version}`]),
    ]
  })
}

const preflight = 'node tools/preflight.mjs'

/** Scripts that run something of ours on a Node that may be too old, and do not say so first. */
export const judgeScripts = ({ scripts = {} }: Manifest): readonly string[] =>
  Object.keys(scripts)
    .filter((name) => !(/^(pre|post)/.test(name) && scripts[name.replace(/^(pre|post)/, '')] !== undefined))
    .filter((name) => scripts[`pre${name}`]?.startsWith(preflight) !== true)
    .map((name) => `package.json: the script ${name} has no "pre${name}": "${preflight}"`)
