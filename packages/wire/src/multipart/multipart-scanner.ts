import { ascii, decodeText, encodeText } from '../bytes/ascii.ts'
import { GrowableBytes } from '../bytes/growable-bytes.ts'
import { readPartHead } from './read-part-head.ts'

/** What a scan looks out for. */
export interface MultipartTerms {
  /** As `Content-Type` names it. */
  readonly boundary: string
  /** Names of the text fields whose values are wanted; each may be there once. */
  readonly names: readonly string[]
  /** Of each of them. */
  readonly mostFieldBytes: number
}

/** Watches the bytes of a form go by, however they are split. Keeps nothing of them but what it was asked for. */
export interface MultipartScan {
  push(chunk: Uint8Array): void
  /** The wanted fields that are whole by now. */
  readonly fields: ReadonlyMap<string, string>
  /** The form has its end. */
  readonly closed: boolean
  /**
   * Why these bytes are no form that every reader understands alike; nothing behind that place is read. To be shown to whoever
   * sent it: it quotes nothing of the content.
   */
  readonly problem: string | undefined
}

/** A name that does not end in this many bytes of headers is none. */
const mostHeadBytes = 8_192

/** Creates a scan that is at the beginning of a form. */
export const createMultipartScan = (terms: MultipartTerms): MultipartScan => new Scanner(terms)

type State = 'start' | 'delimited' | 'head' | 'content' | 'closed'

class Scanner implements MultipartScan {
  readonly fields = new Map<string, string>()
  problem: string | undefined
  readonly #terms: MultipartTerms
  /** A line feed and the boundary's line. No line feed is in the rest of it, so that a search never has to go back. */
  readonly #delimiter: Uint8Array
  #state: State = 'start'
  /** How much of the delimiter has come; the line feed of the first line is not there. */
  #matched = 1
  /** The line feed that the match began with stood behind a carriage return of the content. */
  #ownLine = true
  /** The last byte of the chunk before. */
  #before = 0
  readonly #head = new GrowableBytes()
  readonly #after: number[] = []
  #field: { readonly name: string; readonly value: GrowableBytes } | undefined

  constructor(terms: MultipartTerms) {
    this.#terms = terms
    this.#delimiter = encodeText(`\n--${terms.boundary}`)
  }

  get closed(): boolean {
    return this.#state === 'closed' && this.problem === undefined
  }

  push(chunk: Uint8Array): void {
    let index = 0
    while (index < chunk.length && this.problem === undefined) index = this.#step(chunk, index)
    this.#before = chunk.at(-1) ?? this.#before
  }

  #step(chunk: Uint8Array, index: number): number {
    switch (this.#state) {
      case 'start':
        return this.#begin(chunk, index)
      case 'delimited':
        return this.#readDelimiterEnd(chunk, index)
      case 'head':
        return this.#readHead(chunk, index)
      case 'content':
        return this.#readContent(chunk, index)
      case 'closed':
        return this.#readEpilogue(chunk, index)
    }
  }

  #begin(chunk: Uint8Array, index: number): number {
    if (chunk[index] !== this.#delimiter[this.#matched]) {
      this.problem = 'The form does not begin with the boundary that its Content-Type names.'
    } else if (++this.#matched === this.#delimiter.length) this.#state = 'delimited'
    return index + 1
  }

  #readDelimiterEnd(chunk: Uint8Array, index: number): number {
    this.#after.push(chunk[index] ?? 0)
    if (this.#after.length < 2) return index + 1
    const [first, second] = this.#after.splice(0)
    if (first === ascii.carriageReturn && second === ascii.lineFeed) this.#state = 'head'
    else if (first === dash && second === dash) this.#state = 'closed'
    else this.problem = 'The form has something behind a boundary.'
    return index + 1
  }

  #readHead(chunk: Uint8Array, index: number): number {
    const lineFeed = chunk.indexOf(ascii.lineFeed, index)
    const end = lineFeed < 0 ? chunk.length : lineFeed + 1
    this.#head.append(chunk.subarray(index, end))
    if (this.#head.length > mostHeadBytes) this.problem = 'The form has a part whose headers are too long.'
    else if (lineFeed >= 0 && endsHead(this.#head.view())) this.#openPart()
    return end
  }

  #openPart(): void {
    const part = readPartHead(this.#head.view())
    this.#head.clear()
    if (part === undefined) {
      this.problem = 'The form has a part whose headers are ambiguous or malformed.'
      return
    }
    const { name, isFile } = part
    if (this.#terms.names.includes(name)) {
      if (isFile) this.problem = `The field ${name} is a file; it must be text.`
      if (this.fields.has(name)) this.problem = `The form has the field ${name} twice.`
      this.#field = { name, value: new GrowableBytes() }
    }
    this.#state = 'content'
    // A boundary right behind the headers ends the part without content, or belongs to it: readers differ.
    this.#matched = 1
    this.#ownLine = false
  }

  #readContent(chunk: Uint8Array, start: number): number {
    let index = start
    while (index < chunk.length && this.#matched < this.#delimiter.length) {
      if (this.#matched > 0) {
        if (chunk[index] === this.#delimiter[this.#matched]) {
          this.#matched++
          index++
        } else this.#matched = 0
        continue
      }
      const lineFeed = chunk.indexOf(ascii.lineFeed, index)
      if (lineFeed < 0) {
        index = chunk.length
        continue
      }
      this.#ownLine = (lineFeed === 0 ? this.#before : chunk[lineFeed - 1]) === ascii.carriageReturn
      this.#matched = 1
      index = lineFeed + 1
    }
    this.#keep(chunk.subarray(start, index))
    if (this.#matched === this.#delimiter.length) this.#closePart()
    return index
  }

  #keep(content: Uint8Array): void {
    if (this.#field === undefined) return
    const { name, value } = this.#field
    const { mostFieldBytes } = this.#terms
    if (value.length + content.length > mostFieldBytes + this.#delimiter.length + 1) {
      this.problem = `The field ${name} is longer than ${mostFieldBytes} bytes.`
    } else value.append(content)
  }

  #closePart(): void {
    if (!this.#ownLine) this.problem ??= 'The form has a boundary that does not stand on a line of its own.'
    if (this.#field !== undefined && this.problem === undefined) {
      const { name, value } = this.#field
      this.fields.set(name, decodeText(value.view().subarray(0, value.length - this.#delimiter.length - 1)))
    }
    this.#field = undefined
    this.#state = 'delimited'
  }

  /** A line end, which some clients write. More than that would be another form to a reader that goes on. */
  #readEpilogue(chunk: Uint8Array, index: number): number {
    const expected = [ascii.carriageReturn, ascii.lineFeed][this.#after.length]
    this.#after.push(chunk[index] ?? 0)
    if (chunk[index] !== expected) this.problem = 'The form has something behind its end.'
    return index + 1
  }
}

const dash = 0x2d

const endsHead = (head: Uint8Array): boolean => {
  const text = decodeText(head.subarray(-4))
  return text === '\r\n\r\n' || (head.length === 2 && text === '\r\n')
}
