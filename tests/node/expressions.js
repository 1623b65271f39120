// Reads {expressions, contexts, functions} as JSON; writes what GitHub's own reader makes of each: {value} or {refused}.
import { readFileSync } from "node:fs";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

const { expressions, contexts } = JSON.parse(readFileSync(0, "utf8"));

function toData(value) {
  if (value === null) return new data.Null();
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "string") return new data.StringData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, each]) => ({ key, value: toData(each) })));
}

function fromData(value) {
  switch (value.kind) {
    case data.Kind.Null:
      return null;
    case data.Kind.Array:
      return value.values().map(fromData);
    case data.Kind.Dictionary:
      return Object.fromEntries(value.pairs().map(({ key, value: each }) => [key, fromData(each)]));
    case data.Kind.Number:
      return Number.isFinite(value.value) ? value.value : { number: String(value.value) };
    default:
      return value.value;
  }
}

const known = toData(contexts);
const answers = expressions.map((expression) => {
  try {
    const parsed = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse();
    return { value: fromData(new Evaluator(parsed, known).evaluate()) };
  } catch (error) {
    return { refused: String(error.message ?? error) };
  }
});
process.stdout.write(JSON.stringify(answers));
