import { readFile } from 'node:fs/promises'
import { type ClientRequest, runClientRequests } from './run-client-requests.ts'

const main = async (args: readonly string[]): Promise<number> => {
  const [path, ...rest] = args
  if (path === undefined || rest.length > 0 || path.startsWith('-')) {
    console.error('usage: npm run client-requests -- <file with one request per line, as JSON>')
    return 2
  }
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '')
  const requests = lines.map((line) => JSON.parse(line) as ClientRequest)
  const refused = await runClientRequests(requests)
  for (const { request, problem } of refused)
    console.error(`✗ ${request.client} ${request.method} ${request.url}: ${problem}`)
  console.log(`client requests: ${requests.length - refused.length} passed, ${refused.length} failed`)
  return refused.length === 0 && requests.length > 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
