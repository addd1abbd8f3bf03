/** What a Gemini path says of a call: the API has no `model` and no `stream` in the body. */
export interface GeminiPath {
  readonly model: string
  /** The method after the colon, such as `generateContent`. */
  readonly method: string
}

/** Reads `…/models/<model>:<method>`, with or without a query; `undefined` for any other path. */
export const readGeminiPath = (path: string): GeminiPath | undefined => {
  const match = /\/models\/([^/:?]+):([A-Za-z]+)(?:\?|$)/.exec(path)
  const [, model, method] = match ?? []
  return model === undefined || method === undefined ? undefined : { model, method }
}

/** The model that a path names, for the formats that name it there. */
export const readModelFromPath = (path: string): string | undefined => readGeminiPath(path)?.model
