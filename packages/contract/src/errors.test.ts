import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type ErrorCodeRow, errorCodes, type VendoErrorCode } from './error-code.ts'
import { createVendoError, isVendoError, VendoError } from './errors.ts'

describe('createVendoError', () => {
  it.each(Object.entries(errorCodes) as [VendoErrorCode, ErrorCodeRow][])(
    '%s has its class, status and retryability',
    (code, row) => {
      const error = createVendoError('what went wrong', { code })
      expect(error.name).toBe(row.error)
      expect(error.status).toBe(row.status)
      expect(error.retryable).toBe(row.retryable)
      expect(error.suggestedFix).toBe(row.hint)
    },
  )
  it('takes an unknown code of a newer broker as a plain error that is not retryable', () => {
    const error = createVendoError('?', { code: 'from_the_future', status: 418 })
    expect([error.name, error.code, error.status, error.retryable]).toEqual([
      'VendoError',
      'from_the_future',
      418,
      false,
    ])
  })
  it('keeps the cause', () => {
    const cause = new Error('deeper')
    expect(createVendoError('x', { code: 'timeout', cause }).cause).toBe(cause)
  })
})

describe('isVendoError', () => {
  it('recognises an error of another installed copy by its marker', () => {
    const foreign = Object.defineProperty(new Error('other copy'), Symbol.for('vendo.error'), { value: true })
    expect(isVendoError(foreign)).toBe(true)
  })
  it.each([null, undefined, 'x', new Error('plain'), {}])('refuses %s', (value) => {
    expect(isVendoError(value)).toBe(false)
  })
  it('does not print its marker', () => {
    expect(inspect(new VendoError('x', { code: 'timeout' }))).not.toContain('vendo.error')
  })
})
