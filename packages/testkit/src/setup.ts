import { afterEach } from 'vitest'
import { installLoopbackOnly, takeRefusedConnections } from './loopback-only.ts'

installLoopbackOnly()

// Code under test may swallow the refused connection, so the test fails for it here.
afterEach(() => {
  const [refused] = takeRefusedConnections()
  if (refused !== undefined) throw refused
})
