import { createContext, runInContext } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import config from '../tsup.config.ts'

// What an application's bundler makes of the sources, run where there is nothing of Node: no `process`, no `require`.
let program: string
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    platform: 'browser',
    target: 'es2022',
    conditions: ['vendo-source'],
    plugins: [...((config as { esbuildPlugins?: Plugin[] }).esbuildPlugins ?? [])],
  })
  program = outputFiles[0]?.text ?? ''
})

const web = { URL, URLSearchParams, Request, Response, Headers, AbortController, AbortSignal, TextDecoder, TextEncoder }
const run = async (code: string, globals: object = {}): Promise<unknown> => {
  const context = createContext({ ...web, ReadableStream, setTimeout, clearTimeout, ...globals })
  runInContext(program, context)
  return runInContext(`(async () => { ${code} })()`, context)
}

describe('in a runtime without process', () => {
  it('resolves from the env it is given', async () => {
    expect(await run("return new sdk.Vendo({ env: { NOTION_TOKEN: 'test-token' } }).token('notion')")).toBe(
      'test-token',
    )
  })

  it('asks the Vendo API with the global fetch', async () => {
    const fetch = async (request: Request) => Response.json({ access_token: `token for ${request.url}` })
    const code = "return new sdk.Vendo({ apiKey: 'k', baseURL: 'http://api.test' }).token('slack')"
    expect(await run(code, { fetch })).toBe('token for http://api.test/credentials/slack')
  })

  it('says that there is nothing, in an error that kept its name', async () => {
    const code = "return new sdk.Vendo().token('notion').catch(({ name, message }) => name + ': ' + message)"
    expect(await run(code)).toMatch(/^NotConnected: "notion" is not connected/)
  })
})

it('the bundle prints nothing and imports nothing', () => {
  expect(program).not.toMatch(/console\.|require\(|import\(|from\s*["']/)
})
