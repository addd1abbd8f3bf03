import type { Mutant } from './mutant.ts'

const facts = 'packages/wire/src/request/not-understood.test.ts'
const members = 'packages/wire/src/request/members'

/** Faults of what a request is read to cost. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'a value of a wrong type is not understood',
    file: `${members}/read-members.ts`,
    find: 'else if (!isAllowed(rule, value)) this.#miss(rule.cost)',
    replace: 'else if (!isAllowed(rule, value)) return',
    test: facts,
  },
  {
    rule: 'two spellings of one member are not understood',
    file: `${members}/read-members.ts`,
    find: 'if (other !== undefined && other in object) this.#miss(member.cost)',
    replace: 'if (other === undefined && false) this.#miss(member.cost)',
    test: facts,
  },
  {
    rule: 'a known name in another case is not understood',
    file: `${members}/read-members.ts`,
    find: 'rule.unknown ?? (isOtherCase(rule, key) ? cost.any : undefined)',
    replace: 'rule.unknown',
    test: facts,
  },
  {
    rule: 'a part of an unknown type is not understood',
    file: `${members}/read-members.ts`,
    find: "if (typeof type === 'string' ? types?.has(type) === true :",
    replace: "if (typeof type === 'string' ? types !== undefined :",
    test: facts,
  },
  {
    rule: 'what stands twice in data of the client is passed over',
    file: `${members}/read-members.ts`,
    find: 'if (current.opaque === true) return undefined',
    replace: 'if (current.opaque === true) return cost.any',
    test: facts,
  },
  {
    rule: 'an output limit that is not understood leaves none',
    file: 'packages/wire/src/request/enlarge-facts.ts',
    find: 'if (bits & cost.output) delete facts.maxOutputTokens',
    replace: 'if (bits & cost.background) delete facts.maxOutputTokens',
    test: facts,
  },
  {
    rule: 'an output limit of 0 is none where nothing is documented',
    file: 'packages/wire/src/request/raw.ts',
    find: 'limitOf(value) || undefined',
    replace: 'limitOf(value)',
    test: facts,
  },
  {
    rule: 'an item with an id and no content is a stored one',
    file: `${members}/stored-item.ts`,
    find: "['reasoning', ['encrypted_content', 'content']]",
    replace: "['reasoning', ['encrypted_content', 'content', 'type']]",
    test: 'packages/wire/src/request/stored-references.test.ts',
  },
  {
    rule: 'a member that stands twice is found at any depth',
    file: 'packages/wire/src/bytes/find-duplicates.ts',
    find: 'if (twice === false) addPath(found, stack)',
    replace: 'if (twice === false && stack.length < 3) addPath(found, stack)',
    test: 'packages/wire/src/bytes/find-duplicates.test.ts',
  },
  {
    rule: 'a charset other than UTF-8 is refused',
    file: 'packages/broker/src/pipeline/admit.ts',
    find: "type === 'application/json' && parameters.every(isUtf8OrOther)",
    replace: "type === 'application/json'",
    test: 'packages/broker/src/pipeline/admit.test.ts',
  },
]
