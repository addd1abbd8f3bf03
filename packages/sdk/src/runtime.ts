/** What a runtime may offer; nothing of it is needed. */
export interface RuntimeProcess {
  readonly env?: object
  readonly cwd?: () => string
  readonly getBuiltinModule?: (name: string) => unknown
}

/** The `process` of Node, Bun and Deno; `undefined` in Workers without it and in browsers. */
export const runtimeProcess = (): RuntimeProcess | undefined =>
  (globalThis as { readonly process?: RuntimeProcess }).process
