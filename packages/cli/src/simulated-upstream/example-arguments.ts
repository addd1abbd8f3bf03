import { fieldsOf, listOf, textOf } from './asked.ts'

const places: ReadonlySet<string> = new Set(['city', 'location', 'place', 'town'])

/** Arguments that satisfy a JSON schema of the simple kind that tools have: the required fields, each with an example. */
export const exampleArguments = (schema: unknown): Readonly<Record<string, unknown>> => {
  const { properties, required } = fieldsOf(schema)
  const declared = fieldsOf(properties)
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : Object.keys(declared)
  return Object.fromEntries(names.map((name) => [name, exampleOf(name, declared[name])]))
}

const exampleOf = (name: string, schema: unknown): unknown => {
  const { type, enum: choices, const: fixed } = fieldsOf(schema)
  if (fixed !== undefined) return fixed
  const [choice] = listOf(choices)
  if (choice !== undefined) return choice
  return examples[textOf(type) ?? textOf(listOf(type)[0]) ?? 'string']?.(name, schema) ?? null
}

const examples: Readonly<Record<string, (name: string, schema: unknown) => unknown>> = {
  string: (name) => (places.has(name) ? 'Lisbon' : 'simulated'),
  integer: () => 1,
  number: () => 1,
  boolean: () => true,
  array: (name, schema) => [exampleOf(name, fieldsOf(schema)['items'])],
  object: (_, schema) => exampleArguments(schema),
}
