import { parseXml, type XmlElement } from './xml.ts';

const TYPES: Readonly<Record<string, RegExp>> = {
  // Characters that XML cannot hold.
  // oxlint-disable-next-line no-control-regex
  'xs:string': /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*$/u,
  'xs:decimal': /^[+-]?(\d+(\.\d*)?|\.\d+)$/,
  'xs:nonNegativeInteger': /^\+?\d+$/,
  'xs:dateTime': /^\d{4}-(0\d|1[0-2])-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
};

/**
 * What in a document an XML Schema does not allow, one line each; none where it is valid. Understands as much of the language
 * as elements by reference, sequences of them, and attributes of the types above need; throws for a schema of more.
 */
export function schemaProblems(schema: string, document: string): string[] {
  const declarations = new Map(
    parseXml(schema).children.map((element) => {
      const [type] = element.children;
      if (element.name !== 'xs:element' || type?.name !== 'xs:complexType')
        throw new Error(`cannot read ${element.name}`);
      return [element.attributes['name'] ?? '', type];
    }),
  );
  const root = parseXml(document);
  return declarations.has(root.name)
    ? problemsIn(root, declarations, root.name)
    : [`${root.name} is no root`];
}

function problemsIn(
  element: XmlElement,
  declarations: ReadonlyMap<string, XmlElement>,
  where: string,
): string[] {
  const type = declarations.get(element.name);
  if (type === undefined) return [`${where} is not declared`];
  const attributes = type.children.filter(({ name }) => name === 'xs:attribute');
  const sequence = type.children.find(({ name }) => name === 'xs:sequence')?.children ?? [];
  return [
    ...attributeProblems(element, attributes, where),
    ...sequenceProblems(element, sequence, where),
    ...element.children.flatMap((child, i) =>
      problemsIn(child, declarations, `${where}/${child.name}[${i}]`),
    ),
  ];
}

function attributeProblems(
  { attributes }: XmlElement,
  declared: readonly XmlElement[],
  where: string,
): string[] {
  const names = declared.map((one) => one.attributes['name'] ?? '');
  const strangers = Object.keys(attributes).filter((name) => !names.includes(name));
  const wrong = declared.flatMap((one) => {
    const { name = '', type = '', use } = one.attributes;
    const value = attributes[name];
    const pattern = TYPES[type];
    if (pattern === undefined) throw new Error(`cannot read the type ${type}`);
    if (value === undefined) return use === 'required' ? [`${where} lacks ${name}`] : [];
    return pattern.test(value) ? [] : [`${where}/@${name} is no ${type}: ${value}`];
  });
  return [...strangers.map((name) => `${where}/@${name} is not declared`), ...wrong];
}

/** Children in the order of the sequence, each as often as it allows. */
function sequenceProblems(
  { children }: XmlElement,
  sequence: readonly XmlElement[],
  where: string,
): string[] {
  let at = 0;
  for (const { attributes } of sequence) {
    const { ref, minOccurs = '1', maxOccurs = '1' } = attributes;
    const from = at;
    const most = maxOccurs === 'unbounded' ? Infinity : Number(maxOccurs);
    while (children[at]?.name === ref && at - from < most) at++;
    if (at - from < Number(minOccurs)) return [`${where} has too few ${ref}`];
  }
  const stray = children[at];
  return stray === undefined ? [] : [`${where} must not hold ${stray.name} there`];
}
