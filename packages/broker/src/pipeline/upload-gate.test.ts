import { createVendoError } from '@vendo/contract'
import { describe, expect, it } from 'vitest'
import type { MeteredRequest, PendingForm } from './records.ts'
import { UploadGate } from './upload-gate.ts'

const asked = { model: 'whisper-1' } as MeteredRequest
const part = (name: string, text: string) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`
const form = (text: string, end = '--b--\r\n') => Buffer.from(part('file', 'x'.repeat(30)) + part('model', text) + end)

const gateOf = (changes: Partial<PendingForm> = {}): UploadGate =>
  new UploadGate({ boundary: 'b', mostBytes: 1_000, check: () => undefined, admit: () => asked, ...changes })

const refuse = () => {
  throw createVendoError('no', { code: 'model_not_allowed' })
}

const cut = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))

describe('a gate', () => {
  it.each(['--b--\r\n', '--b--'])('keeps %j back until all is judged, however the form is cut', (end) => {
    const bytes = form('whisper-1', end)
    const start = bytes.length - end.length - 2
    for (let size = 1; size <= bytes.length; size++) {
      const gate = gateOf()
      const passed = Buffer.concat(cut(bytes, size).flatMap((chunk) => gate.push(chunk)))
      expect(passed.length).toBeLessThanOrEqual(start)
      expect(passed.length).toBeGreaterThanOrEqual(start - 4)
      expect(gate.metered).toBe(undefined)
      expect(Buffer.concat([passed, gate.end()]).equals(bytes)).toBe(true)
      expect(gate.metered).toBe(asked)
    }
  })

  it('lets nothing go that is shorter than what it keeps', () => {
    expect(gateOf().push(Buffer.from('--b--'))).toEqual([])
  })

  it('judges a field as soon as it is whole, and once', () => {
    const seen: string[] = []
    const gate = gateOf({ check: (fields) => void seen.push(fields.get('model') ?? 'none') })
    for (const chunk of cut(form('whisper-1'), 1)) gate.push(chunk)
    expect(seen).toEqual(['whisper-1'])
  })

  it('refuses in the middle, and at the end', () => {
    const code = expect.objectContaining({ code: 'model_not_allowed' })
    expect(() => gateOf({ check: refuse }).push(form('m'))).toThrow(code)
    const gate = gateOf({ admit: refuse })
    gate.push(form('m'))
    expect(() => gate.end()).toThrow(code)
    expect(gate.metered).toBe(undefined)
  })

  it('refuses what is no form, or not all of one', () => {
    const code = expect.objectContaining({ code: 'validation_failed' })
    expect(() => gateOf().push(Buffer.from('hello'))).toThrow(code)
    const gate = gateOf()
    gate.push(form('m', ''))
    expect(() => gate.end()).toThrow(code)
  })
})
