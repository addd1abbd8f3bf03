/** The most that an SDK entry may weigh, minified and gzipped, dependencies included. 1 kB = 1000 bytes. */
export const maxGzipBytes: Readonly<Record<string, number>> = { '.': 20_000 }

/** Modules that the SDK must never carry, and why. Paths as esbuild prints them, relative to the repository. */
export const forbiddenModules: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^packages\/(broker|wire|gateway|cli|testkit)\//, 'the SDK is below that package'],
  [/^packages\/contract\/src\/api\//, 'the HTTP schemas pull in all of zod'],
  [/^packages\/integrations\/(lib\/)?(rates|providers|catalog)/, 'the SDK needs the slug → variables table alone'],
  [/^packages\/integrations\/[^/]+\/(integration|provider|rates)\./, 'the SDK needs the slug → variables table alone'],
  [/^node_modules\/zod\/v4\/classic\//, 'use `zod/mini`'],
  [/^node_modules\/zod\/v4\/locales\/(?!en\.|index\.)/, 'one language of error messages is enough'],
]

/** Text that must not be in an SDK bundle, and why. It says what leaked, where a byte ceiling only says that something did. */
export const forbiddenText: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\bprocess\.exit\b/, 'a library never ends its host'],
  [/\bconsole\.(log|warn|error|info|debug)\b/, 'nothing is ever printed'],
  [/(?:\bfrom|\brequire\(|\bimport\()\s*["']node:/, 'one entry serves runtimes without Node'],
  [/\brequire\(["']/, 'one entry serves runtimes without `require`'],
  [/per million|inputAbove|contextWindow/, 'rates belong to the broker'],
  [/imageTokens|framingTokens|toolPromptTokens/, 'routes and bounds belong to the broker'],
  [/\bvendo\.(com|run|dev|ai)\b/, 'there is no default host'],
]
