import type { Mutant } from './mutant.ts'

const broker = 'packages/broker'

/** What leaves for a provider, what comes back from it, and what a browser may do. */
export const mutants: readonly Mutant[] = [
  {
    rule: 'two parties never share a connection',
    file: `${broker}/src/egress/upstream-pools.ts`,
    find: 'pools.of(request.party)',
    replace: "pools.of('')",
    test: `${broker}/test/fidelity/second-answers.test.ts`,
  },
  {
    rule: 'the kept pools are bounded',
    file: `${broker}/src/egress/http1/party-pools.ts`,
    find: 'if (this.#pools.size > this.#input.maxParties) this.#retireEldest()',
    replace: '',
    test: `${broker}/test/fidelity/second-answers.test.ts`,
  },
  {
    rule: 'a compressed 2xx that echoes the credential is cut',
    file: `${broker}/src/pipeline/scanned-answer.ts`,
    find: 'if (!this.#echoed) this.#echoed = scan.found(piece)',
    replace: 'scan.found(piece)',
    test: `${broker}/test/echoed-credential.test.ts`,
  },
  {
    rule: 'raw deflate is looked through',
    file: `${broker}/src/pipeline/content-decoder.ts`,
    find: '(firstByte & 0x0f) === 0x08',
    replace: 'firstByte >= 0',
    test: `${broker}/test/echoed-credential.test.ts`,
  },
  {
    rule: 'a header whose name is the credential stays behind',
    file: `${broker}/src/egress/answer-headers.ts`,
    find: ' && isSecretName?.(name) !== true',
    replace: '',
    test: `${broker}/test/echoed-credential.test.ts`,
  },
  {
    rule: 'an Idempotency-Key on a pool is tied to its tenant',
    file: `${broker}/src/egress/tenant-idempotency-key.ts`,
    find: 'JSON.stringify([domain, tenantId, clientKey])',
    replace: 'JSON.stringify([domain, clientKey])',
    test: `${broker}/src/egress/outgoing-headers.test.ts`,
  },
  {
    rule: 'a Vendo key behind a semicolon stays here',
    file: `${broker}/src/pipeline/read-address.ts`,
    find: ' && !carriesVendoKey(piece)',
    replace: '',
    test: `${broker}/src/pipeline/read-address.test.ts`,
  },
  {
    rule: 'Connection cannot name a header for the provider',
    file: `${broker}/src/egress/outgoing-headers.ts`,
    find: 'if (!isEndToEnd(name)) names.add(name)',
    replace: 'names.add(name)',
    test: `${broker}/src/egress/outgoing-headers.test.ts`,
  },
  {
    rule: 'x-goog-user-project stays behind on a pool',
    file: `${broker}/src/egress/outgoing-headers.ts`,
    find: " || (fate === 'own_account' && pooledFor !== undefined)",
    replace: '',
    test: `${broker}/src/egress/outgoing-headers.test.ts`,
  },
  {
    rule: 'a broker on loopback refuses other names',
    file: `${broker}/src/http/trusted-host.ts`,
    find: 'if (!trusted) {',
    replace: 'if (!trusted && name === own) {',
    test: `${broker}/src/http/trusted-host.test.ts`,
  },
  {
    rule: 'pages never reach management routes',
    file: `${broker}/src/http/cross-origin.ts`,
    find: "zone === 'management' ? undefined : allowed[zone]",
    replace: "allowed[zone === 'management' ? 'proxy' : zone]",
    test: `${broker}/test/browser-access.test.ts`,
  },
  {
    rule: 'a page never gets a usable token',
    file: `${broker}/src/http/cross-origin.ts`,
    find: "if (zone === 'credentials') assertProxied(message, input.isProxied)",
    replace: '',
    test: `${broker}/test/browser-access.test.ts`,
  },
  {
    rule: 'a proxied answer is no page',
    file: `${broker}/src/pipeline/run-request.ts`,
    find: '  assertNoNavigation(message)\n',
    replace: '',
    test: `${broker}/test/browser-access.test.ts`,
  },
  {
    rule: 'headers that promise what is not built are refused',
    file: `${broker}/src/pipeline/run-request.ts`,
    find: '  assertBuilt(message.rawHeaders)\n',
    replace: '',
    test: `${broker}/test/browser-access.test.ts`,
  },
]
