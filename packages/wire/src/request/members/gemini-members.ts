import { eitherName } from '../../gemini-generate/either-name.ts'
import { cost, count, listOf, type ObjectRule, opaque, plain, type Rule, text } from './rule.ts'

type Table = Readonly<Record<string, Rule>>

/** An object of the API, whose members have two spellings each. */
const message = (table: Table, more: Partial<ObjectRule> = {}): ObjectRule => {
  const members = new Map<string, Rule>()
  const otherNames = new Map<string, string>()
  for (const [name, rule] of Object.entries(table)) {
    members.set(name, rule)
    const other = eitherName(name)
    if (other === name) continue
    members.set(other, rule)
    otherNames.set(other, name)
  }
  return { members, otherNames, ...more }
}

const messageOf = (bits: number, table: Table, unknown?: number): Rule => ({
  cost: bits,
  object: message(table, unknown === undefined ? {} : { unknown }),
})

/** Where the API expects a list it also takes a single object. */
const oneOrMore = (rule: Rule): Rule => ({ ...rule, list: rule })

const blob = messageOf(
  cost.input,
  { mimeType: text(cost.input), data: text(cost.input), ...plain('displayName') },
  cost.input,
)

const fileData = messageOf(
  cost.input,
  { fileUri: text(cost.input, { reference: 'file_uri' }), mimeType: text(cost.input), ...plain('displayName') },
  cost.input,
)

const mediaMembers: Table = { inlineData: blob, fileData }

const part = messageOf(
  cost.input,
  {
    ...mediaMembers,
    text: text(cost.input),
    functionCall: messageOf(cost.none, plain('id', 'name', 'args', 'partialArgs', 'willContinue')),
    functionResponse: messageOf(
      cost.input,
      {
        parts: oneOrMore(messageOf(cost.input, mediaMembers, cost.input)),
        ...plain('id', 'name', 'response', 'willContinue', 'scheduling'),
      },
      cost.input,
    ),
    ...plain(
      'thought',
      'thoughtSignature',
      'executableCode',
      'codeExecutionResult',
      'videoMetadata',
      'mediaResolution',
    ),
    ...plain('toolCall', 'toolResponse', 'partMetadata'),
  },
  cost.input,
)

/** A single part may stand where a content is expected. */
const content: Rule = {
  cost: cost.input,
  object: message(
    { ...Object.fromEntries(part.object?.members ?? []), parts: oneOrMore(part), role: text(cost.input) },
    { unknown: cost.input },
  ),
}

const generationConfig = messageOf(
  cost.output | cost.choices | cost.modalities | cost.reasoning,
  {
    maxOutputTokens: count(cost.output),
    candidateCount: count(cost.choices),
    responseModalities: listOf(cost.modalities, text(cost.modalities)),
    thinkingConfig: messageOf(cost.reasoning, plain('includeThoughts', 'thinkingBudget', 'thinkingLevel'), cost.any),
    ...plain('stopSequences', 'responseMimeType', 'responseSchema', 'responseJsonSchema', '_responseJsonSchema'),
    ...plain('temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty', 'responseLogprobs'),
    ...plain('logprobs', 'speechConfig', 'imageConfig', 'mediaResolution', 'enableEnhancedCivicAnswers'),
    ...plain('audioTimestamp', 'responseFormat', 'enableAffectiveDialog'),
  },
  cost.any,
)

const anyObject: Rule = { cost: cost.tools, object: { members: new Map() } }

/** A tool that is not in the table counts as one without limit. */
const tool = messageOf(cost.tools, {
  functionDeclarations: { cost: cost.tools, opaque: true },
  googleSearch: anyObject,
  googleSearchRetrieval: anyObject,
  codeExecution: anyObject,
  urlContext: anyObject,
  googleMaps: anyObject,
  computerUse: anyObject,
  fileSearch: messageOf(cost.input | cost.tools, {
    fileSearchStoreNames: listOf(cost.input, text(cost.input, { reference: 'vector_store' })),
    ...plain('metadataFilter', 'topK'),
  }),
})

const table: Table = {
  contents: oneOrMore(content),
  systemInstruction: content,
  tools: oneOrMore(tool),
  generationConfig,
  cachedContent: text(cost.input, { reference: 'cached_content' }),
  serviceTier: text(cost.tier),
  model: opaque,
  ...plain('toolConfig', 'safetySettings', 'labels', 'store'),
}

/** What decides the price of a Gemini request. */
export const geminiMembers: ObjectRule = message(table, { unknown: cost.any })

/** A request that counts tokens may hold the one that it counts them for. */
export const geminiCountMembers: ObjectRule = message(
  { ...table, generateContentRequest: { cost: cost.any, object: geminiMembers } },
  { unknown: cost.any },
)
