/** What an application's own tests need: a client without a network, and connections for it. */

export { type FakeConnection, fakeConnection } from './fake-connection.ts'
export { MockClient, type MockOptions, type MockRequest } from './mock-client.ts'
