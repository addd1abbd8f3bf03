import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { openManagement } from './open-management.ts'

const server = createServer((_message, answer) => answer.end('{}'))
afterEach(() => void server.close())

const open = (url: string) => openManagement({ env: { VENDO_BASE_URL: url }, cwd: tmpdir() })

it('says that nothing answers before it asks for a key', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(open(url)).rejects.toThrow(`There is no management key for ${url}.`)
  await new Promise((resolve) => server.close(resolve))
  await expect(open(url)).rejects.toThrow(`Nothing answers at ${url}.`)
})
