import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const packageFolder = resolve(import.meta.dirname, '..')

it('the example of the README starts a broker, whose key works, and which ends on SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vendo-readme-'))
  await symlink(resolve(packageFolder, '../../node_modules'), join(folder, 'node_modules'))
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(join(packageFolder, 'README.md'), 'utf8')) ?? []
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'example.ts'), code.replace('port: 8787', 'port: 0'))
  const env = {
    VENDO_KEK: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64'),
    ANTHROPIC_API_KEY: 'sample-not-a-key',
  }
  const child = spawn(process.execPath, ['--conditions=vendo-source', 'example.ts'], { cwd: folder, env })
  const [, url = '', key = ''] = /^ANTHROPIC_BASE_URL=(\S+) ANTHROPIC_API_KEY=(\S+)/.exec(await firstLine(child)) ?? []

  const answer = await fetch(`${url}/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 10_000_000, messages: [] }),
  })
  expect(answer.headers.get('vendo-error-code')).toBe('spend_cap_daily')

  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  await rm(folder, { recursive: true })
})

const firstLine = async ({ stdout, stderr }: ChildProcess): Promise<string> => {
  let errors = ''
  stderr?.on('data', (chunk: Buffer) => {
    errors += String(chunk)
  })
  for await (const chunk of stdout ?? []) return String(chunk)
  throw new Error(`the example printed nothing: ${errors}`)
}
