import { storeContract } from './store-contract.ts';
import { fakeStore } from './store-fake.ts';

storeContract('the fake store', async () => fakeStore());
