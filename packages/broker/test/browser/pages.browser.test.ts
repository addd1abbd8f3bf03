import { jsonAnswer, type ScriptedAnswer, type ScriptedRequest } from '@vendo/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chatStreamWithUsage, message, messageStream } from '../answers.ts'
import { startTestBroker, type TestBroker } from '../harness.ts'
import { type Chromium, type Page, startChromium } from './chromium.ts'
import { findChromium } from './find-chromium.ts'
import { type PageServer, startPageServer } from './page-server.ts'

const executable = findChromium()
let pages: PageServer
let broker: TestBroker
let chromium: Chromium
let page: Page
const allowedOrigin = () => `http://app.test:${pages.port}`
const otherOrigin = () => `http://other.test:${pages.port}`

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}
/** What runs in whatever window it is opened in, and tells the page that opened it. */
const hostile: ScriptedAnswer = {
  headers: { 'content-type': 'text/html', 'access-control-allow-origin': '*' },
  body: '<title>ran</title><script>document.title = "ran"; (parent ?? opener).postMessage("ran", "*")</script>ran',
}
let isHostile = false
const script = ({ url, body }: ScriptedRequest): ScriptedAnswer => {
  if (isHostile) return hostile
  const streams = body.includes('"stream":true')
  if (url.includes('completions')) return streams ? chatStreamWithUsage() : jsonAnswer(completion)
  return streams ? messageStream() : jsonAnswer(message())
}

beforeAll(async () => {
  if (executable === undefined) return
  pages = await startPageServer()
  const origins = [allowedOrigin()]
  broker = await startTestBroker({ script, broker: { allowedOrigins: origins, credentialsOrigins: origins } })
  chromium = await startChromium(executable)
  page = await chromium.openPage()
})
afterAll(async () => {
  await chromium?.close()
  await broker?.close()
  await pages?.close()
})
beforeEach(() => {
  isHostile = false
})

const openai = (key = broker.key) =>
  `new OpenAI({ apiKey: '${key}', baseURL: '${broker.url}/openai/v1', dangerouslyAllowBrowser: true, maxRetries: 0 })`
const anthropic = (key = broker.key) =>
  `new Anthropic({ apiKey: '${key}', baseURL: '${broker.url}/anthropic', dangerouslyAllowBrowser: true, maxRetries: 0 })`
const asked = "max_tokens: 200, messages: [{ role: 'user', content: 'Hi' }]"
const chat = `model: 'gpt-4o-mini', ${asked}`
const claude = `model: 'claude-haiku-4-5', ${asked}`

type Calls = readonly (readonly [name: string, expression: () => string])[]
const calls: Calls = [
  ['openai', () => `${openai()}.chat.completions.create({ ${chat} }).then((one) => one.choices[0].message.content)`],
  [
    'openai, streamed',
    () => `(async () => {
      let text = ''
      for await (const { choices } of await ${openai()}.chat.completions.create({ ${chat}, stream: true }))
        text += choices[0]?.delta.content ?? ''
      return text
    })()`,
  ],
  ['anthropic', () => `${anthropic()}.messages.create({ ${claude} }).then(({ content }) => content[0].text)`],
  ['anthropic, streamed', () => `${anthropic()}.messages.stream({ ${claude} }).finalText()`],
]
/** What a page learns of a failure. */
const failure = (expression: string) =>
  `${expression}.then(() => 'no failure', (error) =>
    [error.constructor.name, error.status, error.headers?.get('vendo-error-code'), error.headers?.has('x-vendo-request-id')])`

describe.skipIf(executable === undefined)('on an allowed origin', () => {
  beforeEach(() => page.goTo(allowedOrigin()))

  it.each(calls)('%s answers', async (_name, expression) => {
    expect(await page.evaluate(expression())).toBe('Hello.')
  })

  it.each([
    ['openai', () => `${openai('vendo_sk_nobody')}.chat.completions.create({ ${chat} })`],
    ['anthropic', () => `${anthropic('vendo_sk_nobody')}.messages.create({ ${claude} })`],
  ])('%s: what went wrong can be read', async (_name, expression) => {
    expect(await page.evaluate(failure(expression()))).toEqual(['AuthenticationError', 401, 'app_unknown', true])
  })

  it('credentials of proxied integrations can be read, and no others', async () => {
    const status = (slug: string) =>
      page.evaluate<number>(`fetch('${broker.url}/credentials/${slug}', { headers: { authorization: 'Bearer ${broker.key}' } })
        .then(({ status }) => status)`)
    expect([await status('anthropic'), await status('telegram')]).toEqual([200, 403])
  })

  it.each(['/api/calls', '/api/keys', '/api/openapi.json', '/healthz', '/readyz'])(
    'management: %s cannot be',
    async (path) => {
      for (const options of ['{}', `{ headers: { authorization: 'Bearer ${broker.key}' } }`]) {
        const outcome = await page.evaluate(
          `fetch('${broker.url}${path}', ${options}).then(() => 'read', (error) => error.constructor.name)`,
        )
        expect([options, outcome]).toEqual([options, 'TypeError'])
      }
    },
  )

  it.each(['?key=', '?KEY=', '?a=1&key='])('%s is refused, and nothing is sent on', async (query) => {
    const sent = broker.upstream.requests.length
    const code = await page.evaluate(
      `fetch('${broker.url}/gemini/v1beta/models${query}${broker.key}').then(({ headers }) => headers.get('vendo-error-code'))`,
    )
    expect([code, broker.upstream.requests.length]).toEqual(['browser_refused', sent])
  })
})

describe.skipIf(executable === undefined)('on any other origin', () => {
  it.each(calls)('%s is blocked before it is sent', async (_name, expression) => {
    await page.goTo(otherOrigin())
    const sent = broker.upstream.requests.length
    expect(await page.evaluate(failure(expression()))).toEqual(['APIConnectionError', null, null, null])
    expect(broker.upstream.requests).toHaveLength(sent)
  })

  it('in a sandboxed frame of the allowed one, whose origin is null, neither', async () => {
    await page.goTo(allowedOrigin())
    const outcome = await page.evaluate(`new Promise((resolve) => {
      addEventListener('message', ({ data }) => resolve(data), { once: true })
      const frame = document.createElement('iframe')
      frame.sandbox = 'allow-scripts'
      frame.srcdoc = \`<script>
        fetch('${broker.url}/anthropic/v1/messages', { method: 'POST', headers: { 'x-api-key': '${broker.key}' } })
          .then(() => 'read', () => 'blocked').then((text) => parent.postMessage(text, '*'))
      </script>\`
      document.body.append(frame)
    })`)
    expect(outcome).toBe('blocked')
  })
})

describe.skipIf(executable === undefined)('a provider that answers with a page', () => {
  beforeEach(() => {
    isHostile = true
  })
  const address = () => `${broker.url}/gemini/v1beta/models?key=${broker.key}`

  it('a tab that is led there is refused', async () => {
    const sent = broker.upstream.requests.length
    await page.goTo(address())
    const seen = await page.evaluate<string>('document.title + document.documentElement.innerText')
    expect(seen).toContain('browser cannot open')
    expect([await page.evaluate('document.title'), broker.upstream.requests.length]).toEqual(['', sent])
  })

  it('neither does a form lead there', async () => {
    await page.goTo(allowedOrigin())
    const sent = broker.upstream.requests.length
    const outcome = await page.evaluate(`new Promise((resolve) => {
      document.body.innerHTML = '<iframe name="inside"></iframe><form method="post" target="inside"></form>'
      addEventListener('message', () => resolve('ran'))
      const [form, frame] = [document.forms[0], document.querySelector('iframe')]
      form.action = '${broker.url}/anthropic/v1/messages?key=${broker.key}'
      frame.onload = () => setTimeout(() => resolve('quiet'))
      form.submit()
    })`)
    expect([outcome, broker.upstream.requests.length]).toEqual(['quiet', sent])
  })

  it.each([
    ['iframe', 'src'],
    ['embed', 'src'],
    ['object', 'data'],
    ['img', 'src'],
    ['script', 'src'],
    ['link', 'href'],
  ])('<%s> of it does not run, and is not even asked for', async (element, attribute) => {
    await page.goTo(allowedOrigin())
    const sent = broker.upstream.requests.length
    const outcome = await page.evaluate(`new Promise((resolve) => {
      addEventListener('message', () => resolve('ran'))
      const element = document.createElement('${element}')
      element.rel = 'stylesheet'
      element.onload = element.onerror = () => setTimeout(() => resolve('quiet'))
      element.${attribute} = '${address()}'
      document.body.append(element)
    })`)
    expect([outcome, broker.upstream.requests.length]).toEqual(['quiet', sent])
  })

  it('a fetch gets it as text, with what keeps a browser from running it', async () => {
    await page.goTo(allowedOrigin())
    const [policy, type] = await page.evaluate<string[]>(`fetch('${broker.url}/gemini/v1beta/models', {
      headers: { 'x-goog-api-key': '${broker.key}' },
    }).then(({ headers }) => [headers.get('content-security-policy'), headers.get('content-type')])`)
    expect([policy, type]).toEqual(['sandbox', 'text/html'])
  })
})

describe.skipIf(executable === undefined)('a stranger’s name that leads to this machine', () => {
  it('is refused everywhere, although it is of one origin with the broker', async () => {
    const sent = broker.upstream.requests.length
    await page.goTo(`http://rebound.test:${new URL(broker.url).port}/healthz`)
    expect(await page.evaluate('document.documentElement.innerText')).toContain('does not answer to the name')
    const statuses = await page.evaluate(`Promise.all(
      ['/healthz', '/api/calls', '/credentials/anthropic', '/anthropic/v1/models'].map((path) =>
        fetch(path, { headers: { authorization: 'Bearer ${broker.key}' } }).then(({ status }) => status)),
    )`)
    expect([statuses, broker.upstream.requests.length]).toEqual([[421, 421, 421, 421], sent])
  })
})
