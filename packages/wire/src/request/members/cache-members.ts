import { cost, objectOf, opaque, type Rule, text, word } from './rule.ts'

/** Anthropic's mark of where its cache ends; OpenRouter takes it in every format. */
export const cacheControl: Rule = objectOf(cost.cache, { type: text(cost.cache), ttl: word(cost.cache, '5m', '1h') })

/** OpenAI's mark. Its class of 12 hours has no rate in the tables. */
export const cacheBreakpoint: Rule = objectOf(cost.cache | cost.tools, {
  mode: text(cost.cache | cost.tools),
  ttl: word(cost.cache | cost.tools, '30m'),
})

/** What OpenAI's requests say of its cache as a whole. */
export const cacheOptions: Readonly<Record<string, Rule>> = {
  prompt_cache_options: objectOf(
    cost.cache | cost.tools,
    {
      mode: word(cost.cache | cost.tools, 'implicit', 'explicit'),
      ttl: word(cost.cache | cost.tools, '30m'),
      comparison_response_id: text(cost.cache, { reference: 'response' }),
    },
    { unknown: cost.cache | cost.tools },
  ),
  // A day costs what minutes cost.
  prompt_cache_retention: word(cost.cache | cost.tools, 'in_memory', 'in-memory', '24h'),
  prompt_cache_key: opaque,
}
