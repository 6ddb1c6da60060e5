import { Bus } from '@annals/bus';
import type { GroupDescription } from '@annals/bus';
import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

/** A group in few words. */
interface GroupSummary extends Pick<GroupDescription, 'name' | 'members'> {
  readonly lag: number;
  readonly failures: readonly string[];
}

/** How the groups that read the shop's events are doing. */
@ApiTags('groups')
@Controller('groups')
export class GroupsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @ApiOperation({ summary: 'The groups, their members, and how far behind they are' })
  async list(): Promise<readonly GroupSummary[]> {
    const groups = await Promise.all((await this.bus.listGroups()).map((name) => this.bus.describeGroup(name)));
    return groups.map(({ name, members, positions }) => ({
      name,
      members,
      lag: positions.reduce((sum, { lag }) => sum + lag, 0),
      failures: positions.flatMap(({ failure }) => (failure === null ? [] : [failure.message])),
    }));
  }
}
