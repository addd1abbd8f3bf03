import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'

/** An application's own pages: one that has the official SDKs, under every host name. */
export interface PageServer {
  readonly port: number
  close(): Promise<void>
}

const sdks = `
import OpenAI from 'openai'
import Anthropic from '@anthropic-ai/sdk'
Object.assign(globalThis, { OpenAI, Anthropic })
`

/** Bundles the SDKs as an application's bundler would, and serves the page on a free loopback port. */
export const startPageServer = async (): Promise<PageServer> => {
  const bundle = await build({
    stdin: { contents: sdks, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    keepNames: true,
    logLevel: 'silent',
  })
  const script = bundle.outputFiles[0]?.text ?? ''
  const server = createServer(({ url }, answer) => {
    const isScript = url === '/sdks.js'
    answer.writeHead(200, { 'content-type': isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8' })
    answer.end(isScript ? script : '<!doctype html><title>app</title><script src="/sdks.js"></script><main></main>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
