import { expect, it } from 'vitest'
import { readBoundary } from './read-boundary.ts'

it.each([
  ['multipart/form-data; boundary=abc', 'abc'],
  ['Multipart/Form-Data;boundary="a b:c"', 'a b:c'],
  ['multipart/form-data; charset=utf-8; BOUNDARY=----x=', '----x='],
  ['multipart/form-data ; boundary=abc ', undefined],
  ['multipart/form-data', undefined],
  ['multipart/form-data; boundary=', undefined],
  ['multipart/form-data; boundary=""', undefined],
  ['multipart/form-data; boundary="a "', undefined],
  ['multipart/form-data; boundary=a; boundary=b', undefined],
  ['multipart/form-data; boundary=a; Boundary=a', undefined],
  ['multipart/form-data; boundary="a', undefined],
  ['multipart/form-data; boundary=a"b"', undefined],
  ["multipart/form-data; boundary*=utf-8''a", undefined],
  [`multipart/form-data; boundary=${'a'.repeat(71)}`, undefined],
  [`multipart/form-data; boundary=${'a'.repeat(70)}`, 'a'.repeat(70)],
  ['multipart/mixed; boundary=a', undefined],
  ['multipart/form-data-x; boundary=a', undefined],
  ['application/json', undefined],
])('%s names the boundary %s', (contentType, boundary) => {
  expect(readBoundary(contentType)).toBe(boundary)
})
