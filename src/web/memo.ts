import { Component, createElement, type ComponentChildren, type FunctionComponent } from 'preact';

/** A component that is drawn again only when one of its properties is another one; for rows of long tables. */
export function memo<Props extends object>(draw: (props: Props) => ComponentChildren) {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return (
        names.length !== Object.keys(this.props).length ||
        names.some((name) => (this.props as Props)[name] !== next[name])
      );
    }
    override render(): ComponentChildren {
      return createElement(draw as FunctionComponent<Props>, this.props as Props);
    }
  };
}
