import { expect, it } from 'vitest'
import { answerHeaders } from './answer-headers.ts'
import { HeaderList } from './http1/header-list.ts'

const answered = (...flat: readonly string[]) =>
  answerHeaders({ headers: new HeaderList(flat), requestId: 'req_1', maskHeader: (value) => value, edited: false })
const valuesOf = (flat: readonly string[], name: string) => flat.filter((_, index) => flat[index - 1] === name)

it.each([
  'text/html',
  'text/html; charset=utf-8',
  'TEXT/HTML',
  'image/svg+xml',
  'application/xhtml+xml',
  'application/xml',
  'text/plain',
  'text/javascript',
  'application/pdf',
  'audio/mpeg',
  'application/octet-stream',
  'text/html, application/json',
  'text/html; a=application/json',
  'application/jsonp',
  'multipart/x-mixed-replace; boundary=x',
])('%s is never run as a page of the broker', (type) => {
  const flat = answered('content-type', type)
  expect(valuesOf(flat, 'content-security-policy')).toEqual(['sandbox'])
  expect(valuesOf(flat, 'x-content-type-options')).toEqual(['nosniff'])
})

it('neither is an answer that does not say what it is', () => {
  const flat = answered('content-length', '3')
  expect(valuesOf(flat, 'content-security-policy')).toEqual(['sandbox'])
})

it('a policy of the provider’s own stays beside it', () => {
  const flat = answered('content-type', 'text/html', 'content-security-policy', "default-src 'self'")
  expect(valuesOf(flat, 'content-security-policy')).toEqual(["default-src 'self'", 'sandbox'])
})

it.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON',
  'application/problem+json',
  'text/event-stream',
  'text/event-stream; charset=utf-8',
])('%s, as every call has it, has no header added', (type) => {
  const flat = answered('content-type', type)
  expect(flat).not.toContain('content-security-policy')
  expect(flat).not.toContain('x-content-type-options')
})
