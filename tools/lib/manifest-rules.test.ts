import { expect, it } from 'vitest'
import { judgeManifests, judgeScripts } from './manifest-rules.ts'

const manifest = (short: string, node: string, version = '1.0.0') => ({
  short,
  folder: `packages/${short}`,
  manifest: { name: `@vendo/${short}`, version, engines: { node } },
})

it('an app’s package runs on Node 20.12, a broker’s on 22.18', () => {
  expect(judgeManifests([manifest('sdk', '>=20.12'), manifest('broker', '>=22.18')])).toEqual([])
  expect(judgeManifests([manifest('sdk', '>=22.18')])).toHaveLength(1)
  expect(judgeManifests([manifest('broker', '>=20.12')])).toHaveLength(1)
})

it('all packages share a version', () => {
  expect(judgeManifests([manifest('sdk', '>=20.12'), manifest('cli', '>=20.12', '1.0.1')])).toHaveLength(1)
})

it('every script asks for the right Node first', () => {
  const named = { name: 'x', version: '1.0.0' }
  expect(judgeScripts({ ...named, scripts: { pretest: 'node tools/preflight.mjs && x', test: 'vitest' } })).toEqual([])
  expect(judgeScripts({ ...named, scripts: { test: 'vitest' } })).toHaveLength(1)
  expect(judgeScripts({ ...named, scripts: { prettier: 'x' } })).toHaveLength(1)
})
