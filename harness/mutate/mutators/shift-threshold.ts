/// <reference types="@kusto/language-service-next" />
import { isNode, typeOf } from '../../kql/syntax.js';
import { type Edit, type Mutator, replacing } from '../mutator.js';

const ORDERS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=']);

export const shiftThreshold: Mutator = {
  name: 'shift-threshold',
  about: 'makes a number that is compared with one larger or smaller',
  edits(node, text) {
    if (!isNode(node, 'BinaryExpression') || !ORDERS.has(node.Operator?.Text ?? '')) return [];
    return [node.Left, node.Right].flatMap((side): Edit[] => {
      if (!isNode(side, 'LiteralExpression') || !/^(int|long|real)$/.test(typeOf(side.ResultType) ?? '')) return [];
      const written = text.slice(side.TextStart, side.End);
      if (!/^\d+(\.\d+)?$/.test(written) || !Number.isSafeInteger(Math.ceil(Number(written)))) return [];
      return [1, -1].map((by) => {
        const shifted = String(Number(written) + by);
        return replacing(side, shifted.startsWith('-') ? `(${shifted})` : shifted, `makes ${shifted} of ${written}`);
      });
    });
  },
};
