#!/usr/bin/env node
// The published package runs its build. In a clone there is none: the sources run as they are (Node strips the types),
// with the `vendo-source` export condition switched on for this process, so that no build step is ever needed.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'

const built = new URL('../dist/bin.js', import.meta.url)
const source = new URL('../src/bin.ts', import.meta.url)

if (existsSync(source) && nodeModule.registerHooks) {
  nodeModule.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: [...context.conditions, 'vendo-source'] }),
  })
  await import(source.href)
} else if (existsSync(built)) {
  await import(built.href)
} else {
  process.stderr.write(
    `vendo: running from a clone needs Node 22.18 or newer; this is ${process.version}. Use \`npx vendo\`.\n`,
  )
  process.exitCode = 1
}
