export { type Answer, answerJson, cellJson, cellText } from './answer.js';
export { type CompilePlan, compileCached, compileOver, settle } from './compile.js';
export { begun, Engine, type EngineOptions, type RunOptions, ruleTime } from './engine.js';
