// A table of what the node lists, read on as it is scrolled.
import type { Collection } from "../model/collection";
import { emptyText } from "./parts";
import { VirtualGrid, type GridProps } from "./virtual_grid";

type CollectionGridProps<T> = Omit<GridProps<T>, "list" | "empty" | "onEnd" | "onHold"> & {
  of: Collection<T>;
  /** Said when nothing fits. */
  empty: string;
};

export function CollectionGrid<T>({ of, empty, ...grid }: CollectionGridProps<T>) {
  return (
    <VirtualGrid<T>
      {...grid}
      list={of.list}
      empty={emptyText(of.state, empty)}
      onEnd={() => void of.loadMore()}
      onHold={(on) => of.hold(on)}
    />
  );
}
