import { describe, expect, it } from 'vitest'
import { allowedMethods } from './allowed-methods.ts'

const routes = [
  { method: 'ALL', path: '/*' },
  { method: 'GET', path: '/a/:id' },
  { method: 'PUT', path: '/a/:id' },
  { method: 'PUT', path: '/a/:id' },
  { method: 'DELETE', path: '/a/:id/b' },
]

describe('allowedMethods', () => {
  it.each([
    ['/a/1', ['GET', 'HEAD', 'PUT']],
    ['/a/1/b', ['DELETE']],
    ['/a/', []],
    ['/a/1/', []],
    ['/a', []],
    ['/', []],
  ])('of %s', (path, methods) => {
    expect(allowedMethods(routes, path)).toEqual(methods)
  })
})
