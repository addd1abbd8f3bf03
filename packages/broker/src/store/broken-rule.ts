import { createVendoError, type VendoError } from '@vendo/contract'

/** Which kind of rule of the schema a write broke. */
export type RuleKind = 'check' | 'unique' | 'foreign_key' | 'not_null' | 'range' | 'other'

/** A rule of the schema, as the database named it. Never a value: a row may hold what is secret. */
export interface BrokenRule {
  readonly kind: RuleKind
  /** The constraint or the column, with its table where the database tells it. */
  readonly name: string | undefined
  readonly cause: unknown
}

/**
 * The refusal of a write whose content breaks a rule: `validation_failed`, because the same write would be refused again. It
 * says which rule that was.
 */
export const brokenRule = ({ kind, name, cause }: BrokenRule): VendoError =>
  createVendoError(messages[kind](name === undefined ? '' : ` (${name})`), { code: 'validation_failed', cause })

const messages: { readonly [K in RuleKind]: (name: string) => string } = {
  check: (name) => `The store refused a value that is out of its range: a CHECK constraint failed${name}.`,
  unique: (name) => `The record exists already${name}.`,
  foreign_key: (name) => `The record names another that does not exist for this tenant${name}.`,
  not_null: (name) => `The store refused a record that lacks a value${name}.`,
  range: (name) => `The store refused a number that does not fit into 64 bits${name}.`,
  other: (name) => `The store refused the record${name}.`,
}
