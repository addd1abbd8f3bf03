import { describe, expect, it } from 'vitest'
import { conversationBody, requestBytes } from './request-bytes.ts'

describe('conversationBody', () => {
  it.each([1_000, 4_000, 64_000, 2_000_000])('has about %i bytes', (bytes) => {
    const { length } = conversationBody('mock-json', false, bytes)
    expect(length).toBeGreaterThan(bytes * 0.9)
    expect(length).toBeLessThan(bytes * 1.1)
  })

  it('is a conversation that ends with the user, its model first', () => {
    const body = conversationBody('mock-json', true, 10_000).toString()
    const { messages, stream } = JSON.parse(body) as { messages: { role: string }[]; stream: boolean }
    expect(body).toMatch(/^\{"model":"mock-json"/)
    expect(messages.at(-1)?.role).toBe('user')
    expect(messages.length).toBeGreaterThan(3)
    expect(stream).toBe(true)
  })
})

describe('requestBytes', () => {
  it('is one whole request', () => {
    const request = requestBytes({ path: '/x', model: 'mock', stream: false, bytes: 500, headers: { 'x-own': 'yes' } })
    const [head = '', body = ''] = request.toString().split('\r\n\r\n')
    expect(head).toMatch(/^POST \/x HTTP\/1\.1\r\n/)
    expect(head).toContain('x-own: yes')
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`)
  })
})
