/**
 * What happens to a header on the way to the provider. `trace` passes where the operator asks for that; `own_account` on the
 * tenant's own credential alone; `idempotency` as it is there, and tied to the tenant on a pooled one.
 */
export type HeaderFate = 'forwarded' | 'stripped' | 'trace' | 'own_account' | 'idempotency'

interface FateRow {
  readonly fate: Exclude<HeaderFate, 'forwarded'>
  readonly names?: readonly string[]
  readonly prefixes?: readonly string[]
}

/** The first row that matches a name decides; a name in no row is between the client and the provider, and passes. */
const table: readonly FateRow[] = [
  // Of the client's own hop: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
  {
    fate: 'stripped',
    names: ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings'],
    prefixes: ['proxy-'],
  },
  // About the client's connection, browser or identity.
  {
    fate: 'stripped',
    names: ['host', 'content-length', 'expect', 'cookie', 'cookie2', 'origin', 'referer', 'from', 'date', 'dnt'],
    prefixes: ['sec-', 'access-control-request-'],
  },
  // Every header in which a credential is known to travel. Exactly one is set again, last, by the provider's own rule.
  {
    fate: 'stripped',
    names: [
      'authorization',
      'x-api-key',
      'api-key',
      'apikey',
      'x-goog-api-key',
      'xi-api-key', // ElevenLabs
      'ocp-apim-subscription-key', // Azure
      'x-auth-token',
      'x-access-token',
      'x-authorization',
      'x-original-authorization',
      'x-goog-iam-authorization-token',
      'x-serverless-authorization',
      'openai-organization', // names the client's own account, which is not the one that pays here
      'openai-project',
    ],
    prefixes: ['x-amz-security-', 'x-goog-iap-', 'x-ms-token-', 'x-ms-client-principal'],
  },
  // Vendo's own, and Bifrost's: `x-bf-eh-*` among them, by which a client would set any other header.
  { fate: 'stripped', prefixes: ['x-vendo-', 'vendo-', 'x-bf-'] },
  // Would make another call than the one that was classified and bounded.
  {
    fate: 'stripped',
    names: [
      'x-goog-fieldmask', // would leave the usage out of Gemini's answer
      'x-original-url',
      'x-original-uri',
      'x-original-method',
      'x-original-host',
      'x-original-path',
      'x-override-url',
      'x-method-override',
      'x-host',
      'x-forward',
      'destination',
    ],
    prefixes: ['x-http-', 'x-rewrite-'],
  },
  // What proxies, load balancers and edge networks say about the client and its address.
  {
    fate: 'stripped',
    names: [
      'forwarded',
      'via',
      'client-ip',
      'true-client-ip',
      'true-client-port',
      'x-client-ip',
      'x-client-port',
      'x-cluster-client-ip',
      'x-real-ip',
      'x-real-port',
      'x-remote-ip',
      'x-remote-addr',
      'remote-addr',
      'x-originating-ip',
      'x-original-forwarded-for',
      'x-coming-from',
      'x-proxyuser-ip',
      'x-proxy-user-ip',
      'x-proxy-id',
      'x-scheme',
      'x-sendfile-type',
      'x-accel-internal',
      'x-arr-log-id',
      'x-arr-ssl',
      'x-site-deployment-id',
      'x-waws-unencoded-url',
      'was-default-hostname',
      'disguised-host',
      'client-cert',
      'client-cert-chain',
      'x-client-cert',
      'x-ssl-cert',
      'cdn-loop',
      'surrogate-capability',
      'x-varnish',
      'x-request-start',
      'x-queue-start',
      'x-request-received-at',
      'x-railway-request-id',
      'x-nf-client-connection-ip',
    ],
    prefixes: [
      'x-forwarded-',
      'x-forwarded',
      'x-forwarder-',
      'x-forwarding-',
      'x-client-cert-',
      'x-ssl-client-',
      'ssl-client-',
      'x-appengine-',
      'x-cloud-',
      'x-azure-',
      'x-fd-',
      'x-ms-edge-',
      'x-amz-cf-',
      'x-amzn-',
      'cloudfront-',
      'cf-',
      'x-cf-',
      'fastly-',
      'x-fastly-',
      'fly-',
      'x-fly-',
      'x-vercel-',
      'x-now-',
      'x-nf-',
      'x-netlify-',
      'x-render-',
      'rndr-',
      'x-railway-',
      'do-connecting-',
      'x-heroku-',
      'akamai-',
      'x-akamai-',
      'x-edgescape',
      'x-cdn-',
      'x-sucuri-',
      'x-envoy-',
      'x-istio-',
      'x-linkerd-',
      'l5d-',
      'x-kong-',
      'x-consumer-',
      'x-credential-',
      'x-traefik-',
      'x-cloudflare-',
      'ali-cdn-',
      'x-tencent-',
      'ngrok-',
      'x-ngrok-',
      'tailscale-',
    ],
  },
  // Orders to other gateways: none of them stands here, and a provider has no use for them.
  {
    fate: 'stripped',
    prefixes: [
      'helicone-',
      'x-portkey-',
      'x-litellm-',
      'litellm-',
      'cf-aig-',
      'ai-gateway-',
      'x-ai-gateway-',
      'x-ai-proxy-',
      'x-llm-',
      'x-braintrust-',
      'x-bt-',
      'langfuse-',
      'x-langfuse-',
      'langsmith-',
      'x-langsmith-',
      'x-keywordsai-',
      'x-respan-',
      'x-requesty-',
      'x-tfy-',
      'x-truefoundry-',
      'x-unify-',
      'x-martian-',
      'x-promptlayer-',
      'x-opik-',
      'x-arize-',
      'x-unkey-',
      'x-zuplo-',
      'x-apim-',
    ],
  },
  // The client's own trace ids: a provider needs none of them, and could tell calls of one user apart by them.
  {
    fate: 'trace',
    names: [
      'traceparent',
      'tracestate',
      'baggage',
      'b3',
      'sentry-trace',
      'sentry-baggage',
      'uber-trace-id',
      'jaeger-debug-id',
      'jaeger-baggage',
      'newrelic',
      'elastic-apm-traceparent',
      'x-instana-t',
      'x-instana-s',
      'x-instana-l',
      'x-trace-id',
      'x-span-id',
      'x-parent-span-id',
      'trace-id',
      'grpc-trace-bin',
      'sw8',
      'sw8-correlation',
      'sw8-x',
      'request-context',
      'correlation-context',
      'x-wf-traceid',
    ],
    prefixes: [
      'x-b3-',
      'x-datadog-',
      'x-newrelic-',
      'uberctx-',
      'x-ot-',
      'ot-tracer-',
      'ot-baggage-',
      'x-dynatrace',
      'x-instana-',
      'x-honeycomb-',
      'x-signalfx-',
      'x-logfire-',
    ],
  },
  // Bills or reads another account than the one whose credential is sent.
  { fate: 'own_account', names: ['x-goog-user-project'] },
  { fate: 'idempotency', names: ['idempotency-key', 'x-idempotency-key', 'idempotency-token'] },
]

/** Trace headers that a prefix of a stripped row would take. */
const tracesDespitePrefix = new Set(['x-amzn-trace-id', 'x-cloud-trace-context'])

/** What happens to a header, by its lower-case name. Underscores count as dashes, as some servers read them. */
export const headerFate = (name: string): HeaderFate => {
  const dashed = name.includes('_') ? name.replaceAll('_', '-') : name
  if (tracesDespitePrefix.has(dashed)) return 'trace'
  const row = table.find(
    ({ names = [], prefixes = [] }) => names.includes(dashed) || prefixes.some((prefix) => dashed.startsWith(prefix)),
  )
  return row?.fate ?? 'forwarded'
}

/** Headers that are for the provider, whatever `Connection` says about them. */
const endToEnd: { readonly names: ReadonlySet<string>; readonly prefixes: readonly string[] } = {
  names: new Set(['user-agent', 'cache-control', 'range', 'x-goog-user-project', 'x-goog-request-params', 'prefer']),
  prefixes: [
    'content-',
    'accept',
    'anthropic-',
    'openai-',
    'x-goog-',
    'x-stainless-',
    'x-title',
    'http-referer',
    'if-',
  ],
}

/**
 * Whether `Connection` may not name this header: a client could otherwise have one left out that the call was classified by,
 * or that says how to read its body (RFC 9110, section 7.6.1).
 */
export const isEndToEnd = (name: string): boolean =>
  endToEnd.names.has(name) ||
  headerFate(name) === 'idempotency' ||
  endToEnd.prefixes.some((prefix) => name.startsWith(prefix))
