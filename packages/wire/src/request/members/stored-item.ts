import type { StoredReferenceKind } from '../../request-facts.ts'

/**
 * What an item of a kind holds when the request brings the whole of it. With an id and without that, the provider loads what
 * it kept under the id; what a search found is nowhere in its item, and is always loaded.
 */
const contentOf: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['reasoning', ['encrypted_content', 'content']],
  ['compaction', ['encrypted_content']],
  ['web_search_call', []],
  ['file_search_call', ['results']],
  ['code_interpreter_call', ['outputs']],
  ['image_generation_call', ['result']],
  ['mcp_list_tools', ['tools', 'error']],
  ['mcp_call', ['output', 'error']],
])

/** Of every other kind one of these is enough. */
const anyContent: readonly string[] = [
  ...['content', 'encrypted_content', 'output', 'result', 'arguments', 'input', 'action', 'operation', 'tools', 'code'],
  ...['approve', 'name', 'text', 'image_url', 'file_id', 'file_url', 'file_data', 'input_audio', 'reasoning'],
]

/** Whether an item of a Responses input stands for one that the provider keeps. */
export const storedItem = (item: Readonly<Record<string, unknown>>): StoredReferenceKind | undefined => {
  const { id, type } = item
  if (type === 'item_reference') return 'item'
  if (id == null || id === '') return undefined
  for (const name of contentOf.get(type) ?? anyContent) if (holds(item[name])) return undefined
  // A trigger has no content at all.
  return type === 'compaction_trigger' ? undefined : 'item'
}

const holds = (value: unknown): boolean =>
  value != null && value !== '' && !(Array.isArray(value) && value.length === 0)
