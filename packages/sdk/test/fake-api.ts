/** A request as a test sees it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly headers: Headers
  readonly body: string
  readonly redirect: string
}

/** Answers one request; a thrown error stands for a failed connection. */
export type Answer = (request: SeenRequest, signal: AbortSignal) => Response | Promise<Response>

/** A `fetch` in memory: each request takes the next answer, the last one stays. */
export const fakeFetch = (...answers: readonly Answer[]) => {
  const seen: SeenRequest[] = []
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input as Request, init)
    const { pathname, search } = new URL(request.url)
    seen.push({
      method: request.method,
      url: request.url,
      path: pathname + search,
      headers: request.headers,
      body: await request.text(),
      redirect: request.redirect,
    })
    const answer = answers[Math.min(seen.length, answers.length) - 1]
    const last = seen.at(-1)
    if (answer === undefined || last === undefined) throw new Error(`no answer for ${request.url}`)
    return answer(last, request.signal)
  }
  return { fetch, seen }
}

/** The body of `GET /credentials/{slug}`. */
export const credential = (token: string, over: { base_url?: string | null; expires_at?: string | null } = {}) => ({
  access_token: token,
  token_type: 'Bearer',
  expires_at: null,
  base_url: null,
  ...over,
})

/** A JSON answer. */
export const json =
  (body: unknown, init?: ResponseInit): Answer =>
  () =>
    Response.json(body, init)

/** A refusal of the Vendo API. */
export const refusal =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json({ error: { code, message: `refused: ${code}` } }, { status, headers })

/** A connection that fails. */
export const unreachable: Answer = () => {
  throw new TypeError('fetch failed')
}

/** Keys for tests; neither is well-formed. */
export const fakeAppKey = 'vendo_sk_fake'
export const fakeVendoToken = 'vendo_sk_fake_token'

/** The options of a client that asks a fake API and reads nothing else. */
export const vendoMode = { apiKey: fakeAppKey, baseURL: 'http://api.test', env: {}, dotenv: false } as const

/** What a promise rejects with. */
export const rejection = async (promise: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('the promise was kept')
}
