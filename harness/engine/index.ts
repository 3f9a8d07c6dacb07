export { type Answer, answerJson, cellJson, cellText } from './answer.js';
export { type CompilePlan, compileCached, compileOver, settle } from './compile.js';
export { Engine, type EngineOptions, type RunOptions } from './engine.js';
