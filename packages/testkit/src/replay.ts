import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where one recorded exchange lies; reading it is left to {@link loadTranscript}, so that a long list costs little memory. */
export interface TranscriptReference {
  readonly provider: string
  readonly id: string
  readonly folder: string
}

/** One recorded exchange with a real provider. */
export interface Transcript extends TranscriptReference {
  /** As sent; absent where it was not recorded. */
  readonly request?: Buffer
  readonly response: Buffer
  /** The answer is an event stream. */
  readonly streamed: boolean
  readonly meta: TranscriptMeta
}

/** What `meta.json` says that a replay needs. */
export interface TranscriptMeta {
  readonly status: number
  readonly method?: string
  /** The absolute URL that was called. */
  readonly uri?: string
  readonly model?: string
  readonly stream: boolean
  /** Lower-case names. Credentials are not recorded. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly responseHeaders: Readonly<Record<string, string>>
}

const subfolders = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}

/** Every exchange under `<root>/<provider>/<id>/`, sorted, so that two runs see the same order. */
export const listTranscripts = async (root: string): Promise<TranscriptReference[]> => {
  const references: TranscriptReference[] = []
  for (const provider of await subfolders(root)) {
    for (const id of await subfolders(join(root, provider))) {
      references.push({ provider, id, folder: join(root, provider, id) })
    }
  }
  return references
}

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const headersOf = (value: unknown): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (typeof text === 'string') headers[name.toLowerCase()] = text
  }
  return headers
}

/**
 * Reads the text of a `meta.json`. Unknown members are left out.
 *
 * @throws {TypeError} when it is not JSON or has no status.
 */
export const parseTranscriptMeta = (text: string): TranscriptMeta => {
  const meta = JSON.parse(text) as Record<string, unknown>
  const { status } = meta
  if (typeof status !== 'number') throw new TypeError('meta.json has no status')
  const method = textOf(meta['method'])
  const uri = textOf(meta['uri'])
  const model = textOf(meta['model'])
  return {
    status,
    ...(method !== undefined && { method }),
    ...(uri !== undefined && { uri }),
    ...(model !== undefined && { model }),
    stream: meta['stream'] === true,
    requestHeaders: headersOf(meta['request_headers']),
    responseHeaders: headersOf(meta['response_headers']),
  }
}

/**
 * Reads one exchange.
 *
 * @throws {TypeError} when its meta is unreadable, or it has no response.
 */
export const loadTranscript = async (reference: TranscriptReference): Promise<Transcript> => {
  const { folder } = reference
  const meta = parseTranscriptMeta(await readFile(join(folder, 'meta.json'), 'utf8'))
  const request = await readIfThere(join(folder, 'request.json'))
  const events = await readIfThere(join(folder, 'response.sse'))
  const response = events ?? (await readIfThere(join(folder, 'response.json')))
  if (response === undefined) throw new TypeError(`${folder}: neither response.json nor response.sse`)
  return { ...reference, meta, response, streamed: events !== undefined, ...(request !== undefined && { request }) }
}

/** Reads every exchange under a folder, one at a time. Throws as {@link loadTranscript}. */
export async function* loadTranscripts(root: string): AsyncGenerator<Transcript> {
  for (const reference of await listTranscripts(root)) yield await loadTranscript(reference)
}
