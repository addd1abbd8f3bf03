import { expectTypeOf } from 'vitest'
import {
  type ClientOptions,
  type KnownSlug,
  type Resolved,
  type Slug,
  Vendo,
  type VendoErrorCode,
} from '../src/index.ts'
import type { MockClient } from '../src/testing/index.ts'

// Checked by the compiler alone: `npx tsc -p .`
const vendo = new Vendo()

expectTypeOf(vendo.tokens(['anthropic', 'my-own'])).resolves.toEqualTypeOf<{
  anthropic: string | null
  'my-own': string | null
}>()
const wanted: string[] = ['anthropic']
expectTypeOf(vendo.tokens(wanted)).resolves.toEqualTypeOf<{ [x: string]: string | null }>()

expectTypeOf(vendo.token('anything')).resolves.toEqualTypeOf<string>()
expectTypeOf(vendo.resolve('anthropic')).resolves.toEqualTypeOf<Resolved>()
expectTypeOf(vendo.clientOptions('anthropic')).resolves.toEqualTypeOf<ClientOptions>()
expectTypeOf<'anthropic'>().toExtend<KnownSlug>()
expectTypeOf<'my-own'>().not.toExtend<KnownSlug>()
expectTypeOf<string>().toExtend<Slug>()
expectTypeOf<Slug>().not.toBeAny()
expectTypeOf<VendoErrorCode>().not.toBeAny()
expectTypeOf<MockClient>().toExtend<Vendo>()

/** What a Worker declares: an interface, without an index signature. */
interface WorkerEnv {
  readonly ANTHROPIC_API_KEY: string
  readonly CACHE: { get(name: string): Promise<string> }
}
declare const env: WorkerEnv
new Vendo({ env, tokens: { openai: 'x', other: { token: 'x', baseURL: 'http://x.test' } }, fetch: globalThis.fetch })

// @ts-expect-error a slug is text
vendo.token(5)
// @ts-expect-error a misspelt option
new Vendo({ apikey: 'x' })
// @ts-expect-error later issues bring it
vendo.forUser
