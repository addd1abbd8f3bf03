import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { fetchRateList } from './fetch-rate-list.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('follows a redirect of the same origin, and reads the list', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: '/new' }).end()
    else response.end('{"data":[]}')
  })
  expect(await fetchRateList(`${origin}/old`)).toBe('{"data":[]}')
})

it.each([
  ['another origin', { location: 'https://elsewhere.example/list' }, /sends on to https:\/\/elsewhere\.example/],
  ['itself, again and again', { location: '/again' }, /more than 3 times/],
])('refuses a redirect to %s', async (_rule, headers, refusal) => {
  const origin = await serve((_request, response) => void response.writeHead(302, headers).end())
  await expect(fetchRateList(`${origin}/again`)).rejects.toThrow(refusal)
})

it('refuses a list that is too large, and an answer that is none', async () => {
  const large = await serve((_request, response) => void response.end(Buffer.alloc(16_777_217, 0x20)))
  await expect(fetchRateList(large)).rejects.toThrow(/larger than/)
  const missing = await serve((_request, response) => void response.writeHead(404).end())
  await expect(fetchRateList(missing)).rejects.toThrow(/answered with 404/)
})

it.each([
  ['plain http from elsewhere', 'http://prices.example/list.json', /Prices are not fetched from http:/],
  ['a file address', 'file:///etc/passwd', /Prices are not fetched from file:/],
  ['a password', 'https://user:fake@prices.example/', /no password/],
])('refuses %s', async (_rule, address, refusal) => {
  await expect(fetchRateList(address)).rejects.toThrow(refusal)
})
