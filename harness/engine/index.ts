export { type Answer, answerJson, cellJson, cellText } from './answer.js';
export { Engine, type EngineOptions, type RunOptions } from './engine.js';
