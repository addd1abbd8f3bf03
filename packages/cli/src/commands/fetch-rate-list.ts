import { CliError } from '../terminal/cli-error.ts'

const timeoutMs = 30_000
const maxBytes = 16_777_216
const maxRedirects = 3

/**
 * Fetches a list of prices over https, or over http from this machine: at most 16 MiB within 30 s, redirects on the same origin
 * alone.
 *
 * @throws {CliError} saying what was wrong.
 */
export const fetchRateList = async (address: string): Promise<string> => {
  let url = parseUrl(address)
  const signal = AbortSignal.timeout(timeoutMs)
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await ask(url, signal)
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) return await readBody(url, response)
    await response.body?.cancel()
    const next = new URL(location, url)
    if (next.origin !== url.origin) {
      throw new CliError(`${url.origin} sends on to ${next.origin}.`, 'Name that address with --from, if you trust it.')
    }
    url = next
  }
  throw new CliError(`${url.origin} sends on more than ${maxRedirects} times.`)
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

const parseUrl = (address: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined) throw new CliError(`${address} is no address.`)
  if (url.username !== '' || url.password !== '') throw new CliError('An address of a list carries no password.')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))) return url
  throw new CliError(`Prices are not fetched from ${url.protocol}//${url.hostname}.`, 'Use https, or a file.')
}

const ask = async (url: URL, signal: AbortSignal): Promise<Response> => {
  try {
    return await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
  } catch (error) {
    throw unreachable(url, error)
  }
}

const unreachable = (url: URL, error: unknown): CliError => {
  const cause =
    error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)
  return new CliError(
    `${url.origin} cannot be read: ${cause}.`,
    'Fetch the list yourself and name the file with --from.',
  )
}

const readBody = async (url: URL, response: Response): Promise<string> => {
  if (!response.ok) throw new CliError(`${url.origin} answered with ${response.status}.`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > maxBytes) break
      chunks.push(chunk)
    }
  } catch (error) {
    throw unreachable(url, error)
  }
  if (bytes > maxBytes) throw new CliError(`The list of ${url.origin} is larger than ${maxBytes} bytes.`)
  return Buffer.concat(chunks).toString('utf8')
}
