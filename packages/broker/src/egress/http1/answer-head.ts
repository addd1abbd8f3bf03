import { UpstreamBroke } from '../upstream-call.ts'
import { HeaderList } from './header-list.ts'

/** The head of one answer, and what it says about the connection. */
export interface AnswerHead {
  readonly status: number
  readonly headers: HeaderList
  /** Bytes of the body; undefined when the head names no length. */
  readonly length: number | undefined
  readonly chunked: boolean
  /** The provider leaves the connection open after this answer. */
  readonly keepAlive: boolean
  /** How long it waits for the next request there, in ms, where it says so. */
  readonly keepAliveMs: number | undefined
}

const [tab, lineFeed, carriageReturn, space, colon, zero] = [9, 10, 13, 32, 58, 48] as const
const versionStart = Buffer.from('HTTP/1.')
const shortestStatusLine = 'HTTP/1.1 200'.length

/** Whether a byte may be in a header's name (RFC 9110, section 5.6.2). */
const inName = new Uint8Array(256)
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  inName[char.charCodeAt(0)] = 1
}
/** Whether a byte may be in a header's value. */
const inValue = new Uint8Array(256).fill(1, space)
inValue[tab] = 1
inValue[127] = 0

/**
 * Reads a head: from `start` to `end`, which is behind the line end of its last line.
 *
 * @throws {UpstreamBroke} for everything that two readers could understand differently: folded lines, lone line ends, control
 * characters, a second length, a length beside a transfer coding, and any coding but chunked.
 */
export const readAnswerHead = (bytes: Buffer, start: number, end: number): AnswerHead => {
  const firstEnd = endOfValue(bytes, start)
  const { status, minor } = readStatusLine(bytes, start, firstEnd)
  const found = new FoundHeaders()
  readHeaderLines(bytes, firstEnd + 2, end, found)
  return {
    status,
    headers: new HeaderList(found.flat),
    length: found.length,
    chunked: found.chunked,
    // RFC 9112, section 6.1: a server of HTTP/1.0 that sends chunks does not know what they are.
    keepAlive: !found.closes && (minor === 1 || (found.stays && !found.chunked)),
    keepAliveMs: found.keepAliveMs,
  }
}

/**
 * Checks the trailers of a chunked body, which nobody needs: `start` and `end` as for {@link readAnswerHead}.
 *
 * @throws {UpstreamBroke} for lines that are no headers.
 */
export const skipTrailers = (bytes: Buffer, start: number, end: number): void =>
  readHeaderLines(bytes, start, end, undefined)

const readStatusLine = (bytes: Buffer, start: number, end: number) => {
  const minor = (bytes[start + versionStart.length] as number) - zero
  const behind = start + shortestStatusLine
  const status = (digit(bytes, behind - 3) * 10 + digit(bytes, behind - 2)) * 10 + digit(bytes, behind - 1)
  const sound =
    beginsWithVersion(bytes, start) &&
    (minor === 0 || minor === 1) &&
    bytes[behind - 4] === space &&
    (end === behind || (end > behind && bytes[behind] === space))
  if (!sound || !(status >= 100)) throw malformed('its first line')
  return { status, minor }
}

const beginsWithVersion = (bytes: Buffer, start: number): boolean => {
  for (let index = 0; index < versionStart.length; index++) {
    if (bytes[start + index] !== versionStart[index]) return false
  }
  return true
}

/** Not a number where the byte is no digit. */
const digit = (bytes: Buffer, at: number): number => {
  const value = (bytes[at] as number) - zero
  return value >= 0 && value <= 9 ? value : Number.NaN
}

const readHeaderLines = (bytes: Buffer, start: number, end: number, found: FoundHeaders | undefined): void => {
  const text = found === undefined ? '' : bytes.toString('latin1', start, end)
  let name = beforeAll
  let at = start
  while (at < end) {
    const nameAt = at
    while (inName[bytes[at] as number] === 1) at++
    if (at === nameAt || bytes[at] !== colon) throw malformed('a header’s name')
    const nameEnd = at++
    while (isBlank(bytes[at])) at++
    const lineEnd = endOfValue(bytes, at)
    let valueEnd = lineEnd
    while (valueEnd > at && isBlank(bytes[valueEnd - 1])) valueEnd--
    if (found !== undefined) {
      name = nameAfter(name, text.slice(nameAt - start, nameEnd - start))
      found.add(name, text.slice(at - start, valueEnd - start))
    }
    at = lineEnd + 2
  }
}

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab

/** Where the line ends that `at` is on. */
const endOfValue = (bytes: Buffer, at: number): number => {
  let end = at
  while (inValue[bytes[end] as number] === 1) end++
  if (bytes[end] !== carriageReturn || bytes[end + 1] !== lineFeed) throw malformed('a line of its head')
  return end
}

/** What some headers mean to the connection itself. */
type Meaning = 'length' | 'coding' | 'connection' | 'keep-alive'

const meanings: Readonly<Record<string, Meaning>> = {
  'content-length': 'length',
  'transfer-encoding': 'coding',
  connection: 'connection',
  'keep-alive': 'keep-alive',
}

interface KnownName {
  readonly rawName: string
  /** In lower case. */
  readonly name: string
  readonly meaning: Meaning | undefined
  /** The one that followed it last. */
  next: KnownName | undefined
}

// Providers send the same few names again and again, and in the same order: comparing with the next one that is expected
// costs a third of looking it up.
const known = new Map<string, KnownName>()
const mostKnown = 1_000
const longestKnown = 64

const nameAfter = (before: KnownName, rawName: string): KnownName => {
  const expected = before.next
  if (expected !== undefined && expected.rawName === rawName) return expected
  const found = known.get(rawName) ?? learnName(rawName)
  if (rawName.length <= longestKnown) before.next = found
  return found
}

const learnName = (sliced: string): KnownName => {
  // A copy: a slice would keep the whole head that it was cut from.
  const rawName = Buffer.from(sliced, 'latin1').toString('latin1')
  const name = rawName.toLowerCase()
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : undefined
  const learned: KnownName = { rawName, name, meaning, next: undefined }
  if (known.size < mostKnown && rawName.length <= longestKnown) known.set(rawName, learned)
  return learned
}

/** What comes before the first name. */
const beforeAll: KnownName = { rawName: '', name: '', meaning: undefined, next: undefined }

/** What the lines of one head add up to. */
class FoundHeaders {
  readonly flat: string[] = []
  length: number | undefined = undefined
  chunked = false
  closes = false
  stays = false
  keepAliveMs: number | undefined = undefined

  add({ name, meaning }: KnownName, value: string): void {
    this.flat.push(name, value)
    if (meaning !== undefined) this.#heed(meaning, value)
  }

  #heed(meaning: Meaning, value: string): void {
    if (meaning === 'length') this.#takeLength(value)
    else if (meaning === 'coding') this.#takeCoding(value)
    else if (meaning === 'connection') this.#takeConnection(value)
    else this.keepAliveMs = keepAliveMs(value)
  }

  #takeLength(value: string): void {
    if (this.length !== undefined || this.chunked || !/^\d{1,15}$/.test(value)) throw malformed('its length')
    this.length = Number(value)
  }

  #takeCoding(value: string): void {
    const alone = this.length === undefined && !this.chunked
    if (!alone || value.toLowerCase() !== 'chunked') throw malformed('its transfer coding')
    this.chunked = true
  }

  #takeConnection(value: string): void {
    if (value === 'keep-alive') {
      this.stays = true
      return
    }
    for (const option of value.toLowerCase().split(',')) {
      const name = option.trim()
      if (name === 'close') this.closes = true
      else if (name === 'keep-alive') this.stays = true
    }
  }
}

const keepAliveMs = (value: string): number | undefined => {
  const seconds = /(?:^|[\s,;])timeout\s*=\s*(\d{1,6})/i.exec(value)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1_000
}

const malformed = (what: string): UpstreamBroke => new UpstreamBroke(`The provider’s answer is not HTTP/1.1: ${what}.`)
