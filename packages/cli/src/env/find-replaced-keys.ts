import { baseUrlVariables, credentialVariables, type KeySources, keyVariables } from './find-provider-keys.ts'
import type { Variables } from './read-dotenv.ts'

/** Whose keys to look for. */
export interface ReplacedKeys extends KeySources {
  /** The integrations whose keys are replaced or withheld. */
  readonly slugs: readonly string[]
}

/**
 * Every variable that carries a key of these integrations or leads its calls past the broker: by a name that says so,
 * however it is written, and by a value in which a known key stands (quoted, behind `Bearer`, in a URL or in JSON).
 * Variables that name a model, a project or a limit are none.
 */
export const findReplacedKeys = ({ env, dotenv = {}, slugs }: ReplacedKeys): readonly string[] => {
  const sources = [env, dotenv]
  const known = new Set(slugs.flatMap(credentialVariables))
  const carries = carrierOf(keyTexts(sources, slugs))
  const isNamed = namedAfter(slugs)
  const found = new Set<string>()
  for (const variables of sources) {
    for (const [name, value = ''] of Object.entries(variables)) {
      if (value.trim() !== '' && (known.has(name) || isNamed(name, value) || carries(value))) found.add(name)
    }
  }
  return [...found].sort()
}

/** What else an integration is called in names of variables; its slug counts anyway. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['CLAUDE'],
  openai: ['OPEN_?AI', 'CHAT_?GPT', 'CODEX'],
  openrouter: ['OPEN_?ROUTER'],
  gemini: ['GOOGLE_GENERATIVE_AI', 'GOOGLE_AI', 'GOOGLE_GENAI', 'GOOGLE_GEMINI'],
  elevenlabs: ['ELEVEN_?LABS', 'ELEVEN', 'XI'],
  assemblyai: ['ASSEMBLY_?AI', 'AAI'],
}

const secretWords = 'API_?KEYS?|KEYS?|API_?TOKENS?|TOKEN|SECRET|CREDENTIALS?|PASSWORD|BEARER|AUTH|AUTHORIZATION'
const addressWords = 'API_?BASE|BASE_?URL|API_?URL|URL|URI|BASE|HOST|ENDPOINT'
/** What may stand between an integration and its address; anything else (`_WEBHOOK_URL`) is another address. */
const addressKinds = '(?:API|SERVER|SERVICE|CUSTOM|PROXY|GATEWAY|AZURE|BEDROCK|VERTEX|FOUNDRY|REALTIME|CHAT|V1)'
/** `OPENAI_API_KEY_2`, `OPENAI_API_KEY_DEV`, `OPENAI_KEY_FILE`. */
const stages = 'DEV|DEVELOPMENT|TEST|TESTING|STAGING|PROD|PRODUCTION|LIVE|PRIMARY|SECONDARY|BACKUP|FALLBACK|OLD|NEW'
const ending = `(?:_?[0-9]+|_(?:FILE|PATH|DEFAULT|${stages}))*`
/** Keys of another kind: what verifies a webhook is wanted by the app, and gives no access. */
const otherKinds = /(?:WEBHOOK|SIGNING|CACHE|SORT|HOT|PUBLIC)_?(?:KEYS?|SECRET|TOKEN)/
const noSecret = /^(?:[\d.,]+|true|false|yes|no|on|off|none)$/i

/** Only where the broker forwards the calls: an app needs the other credentials of a Slack or a Supabase. */
const namedAfter = (slugs: readonly string[]): ((name: string, value: string) => boolean) => {
  const forwarded = slugs.filter((slug) => baseUrlVariables(slug).length > 0)
  if (forwarded.length === 0) return () => false
  const words = forwarded.flatMap((slug) => [slug.toUpperCase().replaceAll('-', '_?'), ...(otherNames[slug] ?? [])])
  const start = `(?:^|_)(?:${words.join('|')})`
  const secret = new RegExp(`${start}(?:(?:_[A-Z0-9]+)*_)?(?:${secretWords})${ending}$`)
  const address = new RegExp(`${start}_?(?:${addressKinds}_)*(?:${addressWords})${ending}$`)
  const headers = new RegExp(`${start}(?:_[A-Z0-9]+)*_HEADERS?${ending}$`)
  const exact = new Set(forwarded.flatMap((slug) => [...keyVariables(slug), ...baseUrlVariables(slug)]))
  return (name, value) => {
    const text = inSnakeCase(name)
    if (exact.has(text) || address.test(text)) return true
    if (headers.test(text)) return /authorization|api-?key|bearer/i.test(value)
    return secret.test(text) && !otherKinds.test(text) && !noSecret.test(value.trim())
  }
}

/** `openaiApiKey`, `openai-api-key` and `OpenAI_API_KEY` are one name. */
const inSnakeCase = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()

const keyTexts = (sources: readonly Variables[], slugs: readonly string[]): readonly string[] =>
  slugs
    .flatMap(credentialVariables)
    .flatMap((name) => sources.map((variables) => bare(variables[name] ?? '')))
    .filter((text) => text !== '')

/** A key as it may stand between quotes, or behind the name of a scheme. */
const bare = (value: string): string =>
  value
    .trim()
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .trim()
    .replace(/^(?:bearer|token|basic)\s+/i, '')

/** Shorter texts are words that may stand anywhere; they count only as a whole value, and no word of letters does. */
const minPartLength = 12
const minWholeLength = 8

const carrierOf = (keys: readonly string[]): ((value: string) => boolean) => {
  const whole = new Set(keys.filter((key) => key.length >= minWholeLength && !/^[a-z]+$/i.test(key)))
  const parts = [...whole]
    .filter((key) => key.length >= minPartLength)
    .flatMap((key) => [key, encodeURIComponent(key), Buffer.from(key).toString('base64').replace(/=+$/, '')])
  return (value) => whole.has(bare(value)) || parts.some((part) => value.includes(part))
}
