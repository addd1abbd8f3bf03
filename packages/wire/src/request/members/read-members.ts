import { isRawObject, type RawObject } from '../../reader/answer-state.ts'
import type { StoredReference, StoredReferenceKind } from '../../request-facts.ts'
import { cost, type ObjectRule, type Rule } from './rule.ts'

/** What a table finds in a body. */
export interface MemberFindings {
  /** Bits of {@link cost} of everything that is not understood. */
  readonly cost: number
  readonly notUnderstood: readonly string[]
  readonly storedReferences: readonly StoredReference[]
  /** The first place that may bring something in, and that is not understood. */
  readonly unreadInput: string | undefined
}

/** Deeper than any API nests what it reads. */
const maxDepth = 48

/** Past this many no further one is named: a list of them helps nobody, and the first already decides. */
const maxNamed = 20

/** Past this many one last reference without an id stands for the rest, which nobody can know. */
const maxReferences = 1000

/** What nearly every body comes to, so that nothing is made for it. */
const nothing: readonly never[] = []

/** Reads a body by the table of its wire format. Takes anything and never throws. */
export const readMembers = (rule: ObjectRule, body: RawObject): MemberFindings => {
  const walk = new MemberWalk()
  walk.object(rule, body)
  return walk
}

/** The path is kept as its steps, and is written out only for what is found. */
class MemberWalk implements MemberFindings {
  cost = 0
  notUnderstood: string[] | readonly never[] = nothing
  storedReferences: StoredReference[] | readonly never[] = nothing
  unreadInput: string | undefined = undefined
  readonly #path: (string | number)[] = []

  object(base: ObjectRule, object: RawObject): void {
    const rule = variantOf(base, object)
    if (rule.types !== undefined) this.#type(rule, object)
    const kind = rule.stored?.(object)
    if (kind !== undefined) this.#refer(kind, object['id'])
    for (const key in object) {
      const member = rule.members.get(key) ?? rule.each
      if (member === undefined) this.#unknown(rule, key)
      else if (member.opaque !== true || rule.otherNames !== undefined) {
        this.#path.push(key)
        const other = rule.otherNames?.get(key)
        if (other !== undefined && other in object) this.#miss(member.cost)
        this.#value(member, object[key])
        this.#path.pop()
      }
    }
  }

  #value(rule: Rule, value: unknown): void {
    if (value == null || rule.opaque === true) return
    if (rule.reference !== undefined && !isRead(rule, value)) this.#refer(rule.reference, value)
    if (Array.isArray(value)) this.#list(rule, value)
    else if (typeof value === 'object') this.#inner(rule, value as RawObject)
    else if (!isAllowed(rule, value)) this.#miss(rule.cost)
  }

  #inner(rule: Rule, value: RawObject): void {
    if (rule.object === undefined || this.#path.length > maxDepth) this.#miss(rule.cost)
    else this.object(rule.object, value)
  }

  #list(rule: Rule, values: readonly unknown[]): void {
    const { list } = rule
    if (list === undefined || this.#path.length > maxDepth) {
      this.#miss(rule.cost)
      return
    }
    if (list.opaque === true) return
    for (let index = 0; index < values.length; index++) {
      this.#path.push(index)
      if (values[index] == null) this.#miss(list.cost)
      else this.#value(list, values[index])
      this.#path.pop()
    }
  }

  #type({ types, unknownType = cost.input, typeMayBeAbsent }: ObjectRule, { type }: RawObject): void {
    // What is no text is for the table of members to find.
    if (typeof type === 'string' ? types?.has(type) === true : type != null || typeMayBeAbsent === true) return
    this.#path.push('type')
    this.#miss(unknownType)
    this.#path.pop()
  }

  #unknown(rule: ObjectRule, key: string): void {
    const bits = rule.unknown ?? (isOtherCase(rule, key) ? cost.any : undefined)
    if (bits === undefined) return
    this.#path.push(key)
    this.#miss(bits)
    this.#path.pop()
  }

  #miss(bits: number): void {
    this.cost |= bits
    if ((bits & cost.input) !== 0 && this.unreadInput === undefined) this.unreadInput = writePath(this.#path)
    if (this.notUnderstood.length >= maxNamed) return
    this.notUnderstood = [...this.notUnderstood, writePath(this.#path)]
  }

  #refer(kind: StoredReferenceKind, value: unknown): void {
    const { length } = this.storedReferences
    if (length > maxReferences) return
    const id = typeof value === 'string' && value !== '' && length < maxReferences ? value : null
    if (length === 0) this.storedReferences = []
    ;(this.storedReferences as StoredReference[]).push({ path: writePath(this.#path), kind, id })
  }
}

/** A value with a rule of its own inside names its objects there. */
const isRead = ({ list, object }: Rule, value: unknown): boolean =>
  typeof value === 'object' && (Array.isArray(value) ? list : object) !== undefined

const variantOf = (rule: ObjectRule, object: RawObject): ObjectRule => rule.variant?.(object) ?? rule

const isAllowed = (rule: Rule, value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
      return rule.text === true || (rule.text?.has(value) ?? false)
    case 'number':
      return rule.number === true || (rule.count === true && Number.isSafeInteger(value) && value >= 0)
    case 'boolean':
      return rule.flag === true
    default:
      return false
  }
}

/** Names as a careless reader would compare them. */
const folded = new WeakMap<ObjectRule, ReadonlySet<string>>()

const isOtherCase = (rule: ObjectRule, key: string): boolean => {
  let names = folded.get(rule)
  if (names === undefined) {
    names = new Set([...rule.members.keys()].map(fold))
    folded.set(rule, names)
  }
  return names.has(fold(key))
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '')

/** `tools[0].type` */
const writePath = (steps: readonly (string | number)[]): string => {
  let path = ''
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`
    else path += path === '' ? shorten(step) : `.${shorten(step)}`
  }
  return path
}

/** A key comes from the client, and may be as long as the body. */
const shorten = (key: string): string => (key.length > 100 ? `${key.slice(0, 100)}…` : key)

/**
 * What it costs when the member at a path is not understood, in bits of {@link cost}; `undefined` for a path into data of the
 * client's, such as a schema, metadata or the arguments of a tool call, which no provider reads as parameters.
 */
export const costAt = (rule: ObjectRule, body: RawObject, path: string): number | undefined => {
  let current: Rule = { cost: cost.any, object: rule }
  let value: unknown = body
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (current.opaque === true) return undefined
    const next: Rule | undefined = Array.isArray(value) ? current.list : memberRule(current.object, value, step)
    // What is not in the table is not known to be data.
    if (next === undefined) return cost.any
    value = Array.isArray(value) ? value[Number(step)] : isRawObject(value) ? value[step] : undefined
    current = next
  }
  return cost.any
}

const memberRule = (rule: ObjectRule | undefined, value: unknown, step: string): Rule | undefined =>
  rule === undefined ? undefined : ruleOf(isRawObject(value) ? variantOf(rule, value) : rule, step)

const ruleOf = ({ members, each }: ObjectRule, name: string): Rule | undefined => members.get(name) ?? each
