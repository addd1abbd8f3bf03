import { createVendoError, type VendoError } from '@vendo/contract'
import type { Fetch } from '../settings.ts'
import type { Slug } from '../slug.ts'
import { Vendo } from '../vendo.ts'
import type { VendoOptions } from '../vendo-options.ts'
import { type FakeConnection, fakeConnection, mockOrigin } from './fake-connection.ts'
import { answerAsApi } from './mock-api.ts'

/** What a {@link MockClient} starts with. */
export interface MockOptions extends Pick<VendoOptions, 'tokens' | 'integrations'> {
  /** Connections of the app; a slug alone stands for `fakeConnection(slug)`. */
  readonly connections?: readonly (Slug | FakeConnection)[]
  /** Default: 10 USD. */
  readonly balanceNanos?: bigint
  /** Answers what `vendo.fetch` sends to a provider; without it such calls reject. */
  readonly upstream?: (request: Request) => Response | Promise<Response>
}

/** A request that the client made, for assertions. Its credential is not kept. */
export interface MockRequest {
  readonly method: string
  readonly url: string
}

/**
 * A `Vendo` client for tests: the real one, in Vendo mode, talking to a Vendo API in memory. It opens no connection and
 * reads no environment and no file.
 *
 * @example
 * const vendo = new MockClient({ connections: ['anthropic'] })
 * await vendo.token('anthropic') // "fake-token-anthropic"
 */
export class MockClient extends Vendo {
  readonly #connections: Map<string, FakeConnection>
  readonly #requests: MockRequest[]
  readonly #failure: { current: VendoError | undefined }

  constructor({ connections = [], balanceNanos = 10_000_000_000n, upstream, ...options }: MockOptions = {}) {
    const bySlug = new Map<string, FakeConnection>()
    const requests: MockRequest[] = []
    const failure: { current: VendoError | undefined } = { current: undefined }
    const send: Fetch = async (input, init) => {
      const request = new Request(input as Request, init)
      requests.push({ method: request.method, url: request.url })
      const state = { connections: bySlug, balanceNanos, failure: failure.current }
      const answer = answerAsApi(new URL(request.url), state) ?? (await upstream?.(request))
      if (answer === undefined) throw createUnanswered(request)
      return answer
    }
    super({
      ...options,
      apiKey: 'fake-vendo-key',
      baseURL: mockOrigin,
      env: {},
      dotenv: false,
      fetch: send,
      maxRetries: 0,
    })
    this.#connections = bySlug
    this.#requests = requests
    this.#failure = failure
    for (const connection of connections) this.connect(connection)
  }

  /** Every request so far, oldest first: those of the Vendo API and those of `vendo.fetch`. */
  get requests(): readonly MockRequest[] {
    return this.#requests
  }

  /** Adds or replaces a connection, and forgets what was cached for it. */
  connect(connection: Slug | FakeConnection): void {
    const added = typeof connection === 'string' ? fakeConnection(connection) : connection
    this.#connections.set(added.slug, added)
    this.invalidate(added.slug)
  }

  /** Takes a connection away, and forgets what was cached for it. */
  disconnect(slug: Slug): void {
    this.#connections.delete(slug)
    this.invalidate(slug)
  }

  /** Lets the Vendo API refuse every request with this error from now on; `undefined` = answer again. */
  failWith(error: VendoError | undefined): void {
    this.#failure.current = error
  }
}

const createUnanswered = ({ method, url }: Request): VendoError =>
  createVendoError(`MockClient has no answer for ${method} ${new URL(url).pathname}.`, {
    code: 'validation_failed',
    suggestedFix: 'Give it the `upstream` option.',
  })
