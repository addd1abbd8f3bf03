import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { outlastOutput } from './outlast-output.ts'

class Stream extends EventEmitter {
  readonly isTTY = true
  readonly columns = 72
  readonly texts: string[] = []
  fault: Error | undefined
  write(text: string): boolean {
    if (this.fault !== undefined) throw this.fault
    this.texts.push(text)
    return true
  }
}

const broken = (code: string) => Object.assign(new Error(code), { code })
const codes = ['EPIPE', 'EIO', 'ENOSPC', 'ENXIO', 'EBADF'] as const

describe('outlastOutput', () => {
  it('writes, and is what the stream is', () => {
    const stream = new Stream()
    const output = outlastOutput(() => stream)
    output.write('a')
    expect([stream.texts, output.isTTY, output.columns, output.failure]).toEqual([['a'], true, 72, undefined])
  })

  it.each(codes)('remembers the first of the errors that come later, such as %s, and throws none', (code) => {
    const stream = new Stream()
    const output = outlastOutput(() => stream)
    stream.emit('error', broken(code))
    stream.emit('error', broken('EOTHER'))
    expect(output.failure).toBe(code)
  })

  it.each(codes)('drops what a write refuses with %s', (code) => {
    const stream = new Stream()
    const output = outlastOutput(() => stream)
    stream.fault = broken(code)
    output.write('lost')
    expect(output.failure).toBe(code)
  })

  it('does without a terminal that is gone', () => {
    const output = outlastOutput(() => {
      throw broken('EIO')
    })
    output.write('lost')
    expect([output.isTTY, output.columns, output.failure]).toEqual([false, undefined, 'EIO'])
  })
})
