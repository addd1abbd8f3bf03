import { expect, it } from 'vitest'
import { limitHoldersOf } from './scope-limits.ts'

const sound = {
  limited_app_id: 'a1',
  limits: '{}',
  counted: null,
  app_limits: '{}',
  app_counted: null,
  tenant_limits: '{}',
  tenant_counted: null,
}
const holder = { keyId: 'k1', tenantId: 't1' }

it.each([
  ['the key k1', { limits: '{broken' }],
  ['the key k1', { counted: '[broken' }],
  ['the key k1', { limits: 'null' }],
  ['the app a1', { app_limits: '{broken' }],
  ['the tenant t1', { tenant_limits: '{broken' }],
])('limits that cannot be read name %s', (name, damage) => {
  expect(limitHoldersOf(sound, holder)).toHaveLength(3)
  expect(() => limitHoldersOf({ ...sound, ...damage }, holder)).toThrow(`The limits of ${name} cannot be read.`)
})
